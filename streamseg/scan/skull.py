"""Where the skull is in a picture of CT, so that a model sees heads at the size that it knows.

A head fills six to eight tenths of a picture of it, but less of one of the whole neck or body, of a screen that shows
several, or of a reader's window. Models learn from fields of 21 to 28 cm; docs/ct-model.md has what smaller heads cost.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Unit
from streamseg.geometry import Box, Size
from streamseg.intensity import to_grey
from streamseg.model_card import InputSpec, Window

BONE = 0.98
"""Of the window: bone is brighter than its upper end, blood is not."""
SMALLEST_PART = 0.1
"""Parts of less bone than this share of the largest are no part of the skull: tubes, clamps, letters."""
WIDE_PART = 0.25
"""But those whose box is this share of the largest box may be: the ring of bone beside a white panel of a screen."""
FILL = 0.65
"""Of the side of the square, as in most pictures of a head."""
LEAST_FIELD_MM = 212.0
"""Side of the square at least: at the top of a head the ring of bone is small, and that is how models know it."""
LEAST_SIDE = 0.6
"""The same where the spacing is not known, of the shorter side of the picture."""

Spacing = tuple[float, float]


def model_region(image: NDArray[Any], unit: Unit, spec: InputSpec, spacing_mm: Spacing | None) -> Box | None:
    """Return the part of ``image`` that a model of ``spec`` is made for; None: all of it."""
    if spec.region == "whole" or spec.window is None:  # one without the other is refused by the card
        return None
    return skull_region(image, unit, spec.window, spacing_mm)


def skull_region(image: NDArray[Any], unit: Unit, window: Window, spacing_mm: Spacing | None = None) -> Box | None:
    """Return the square around the skull in ``image``, cut off where the picture ends; None where there is no bone.

    Parameters
    ----------
    image
        (H, W) Hounsfield units where ``unit`` is ``"hu"``, else grey (H, W) or RGB (H, W, 3) uint8 seen in ``window``.
    spacing_mm
        Distance between the centres of neighbouring pixels (row, column), where it is known.
    """
    bone = _bone(image, unit, window)
    kernel = np.ones((3, 3), np.uint8)
    count, _, parts, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(bone, cv2.MORPH_OPEN, kernel))
    if count == 1:
        return None
    parts = parts[1:]
    sizes, boxes = parts[:, cv2.CC_STAT_AREA], parts[:, cv2.CC_STAT_WIDTH] * parts[:, cv2.CC_STAT_HEIGHT]
    skull = parts[(sizes >= SMALLEST_PART * sizes.max()) | (boxes >= WIDE_PART * boxes.max())]
    left, top = skull[:, cv2.CC_STAT_LEFT], skull[:, cv2.CC_STAT_TOP]
    right, bottom = left + skull[:, cv2.CC_STAT_WIDTH], top + skull[:, cv2.CC_STAT_HEIGHT]
    size = (image.shape[0], image.shape[1])
    least = LEAST_SIDE * min(size) if spacing_mm is None else LEAST_FIELD_MM / min(spacing_mm)
    return _square_around((top.min(), left.min(), bottom.max(), right.max()), size, least)


def _bone(image: NDArray[Any], unit: Unit, window: Window) -> NDArray[np.uint8]:
    if unit == "hu":
        least = window.centre_hu + (BONE - 0.5) * window.width_hu
        return np.asarray(image >= least, np.uint8)
    return np.asarray(to_grey(image) >= round(BONE * 255), np.uint8)


def _square_around(edges: tuple[int, int, int, int], size: Size, least: float) -> Box:
    """Return the square around ``edges`` (top, left, bottom, right) that they fill as `FILL` says, within ``size``."""
    top, left, bottom, right = edges
    side = max(max(bottom - top, right - left) / FILL, least)
    (first_row, last_row), (first_column, last_column) = (
        (max(0, round((low + high - side) / 2)), min(length, round((low + high + side) / 2)))
        for low, high, length in ((top, bottom, size[0]), (left, right, size[1]))
    )
    return Box(first_row, first_column, last_row - first_row, last_column - first_column)
