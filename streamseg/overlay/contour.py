"""The outline of the mask: smooth, antialiased, with a thin dark halo so that it reads on any grey."""

from __future__ import annotations

from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box, Size
from streamseg.overlay.lettering import Rgb
from streamseg.overlay.mark import Mark

HALO = (16, 16, 16)
# Coordinates are handed to OpenCV in sixteenths of a pixel.
_SHIFT = 4
# Outlines of fewer points are drawn as they are: smoothing would eat them.
_FEWEST_TO_SMOOTH = 24


def line_width_px(size: Size) -> int:
    """Return the width of the outline, without its halo, in a picture of ``size`` (height, width)."""
    return max(1, round(min(size) / 320))


def contour_marks(mask: NDArray[np.bool_], colour: Rgb) -> tuple[Mark, ...]:
    """Return the outline of ``mask`` (H, W), holes included, in ``colour``: one mark, or none of an empty mask."""
    bits = np.ascontiguousarray(mask).view(np.uint8)
    left, top, width, height = cv2.boundingRect(bits)
    if width == 0:
        return ()
    inside = bits[top : top + height, left : left + width]
    contours, _ = cv2.findContours(inside, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=(left, top))
    width_px = line_width_px(mask.shape)
    sigma_px = 1 + min(mask.shape) / 480
    smooth = [_smooth(contour, sigma_px) for contour in contours if len(contour) >= _FEWEST_TO_SMOOTH]
    small = [contour for contour in contours if len(contour) < _FEWEST_TO_SMOOTH]
    # Half the halo's width, and a pixel for its soft edge: smoothing moves no point out of the box of the mask.
    box = _around(Box(top, left, height, width), width_px // 2 + 3, mask.shape)
    return (Mark(box, partial(_stroke, smooth=smooth, small=small, width_px=width_px, colour=colour)),)


def _stroke(
    pane: NDArray[np.uint8], *, smooth: list[NDArray[Any]], small: list[NDArray[Any]], width_px: int, colour: Rgb
) -> None:
    for thickness, shade in ((width_px + 2, HALO), (width_px, colour)):
        cv2.polylines(pane, smooth, isClosed=True, color=shade, thickness=thickness, lineType=cv2.LINE_AA, shift=_SHIFT)
        # A pixel wider than the rest: at 1 px OpenCV draws no point at all, and the smallest must be seen too.
        cv2.drawContours(pane, small, -1, shade, thickness + 1, cv2.LINE_AA)


def _around(box: Box, margin_px: int, size: Size) -> Box:
    """Return ``box`` with a margin, cut off at the edges of a picture of ``size`` (height, width)."""
    top, left = max(0, box.top - margin_px), max(0, box.left - margin_px)
    bottom, right = box.top + box.height + margin_px, box.left + box.width + margin_px
    return Box(top, left, min(bottom, size[0]) - top, min(right, size[1]) - left)


def _smooth(contour: NDArray[Any], sigma_px: float) -> NDArray[Any]:
    """Return a closed ``contour`` (N, 1, 2) blurred along itself, thinned, in sixteenths of a pixel.

    The outline of a mask goes in whole pixels; a Gaussian of ``sigma_px`` along it takes the stairs away and moves a
    curve of radius R inwards by no more than about ``sigma_px ** 2 / (2 * R)``.
    """
    reach = int(3 * sigma_px) + 1
    closed = np.concatenate((contour[-reach:], contour, contour[:reach])).astype(np.float32)
    blurred = cv2.GaussianBlur(closed, (1, 2 * reach + 1), 0, sigmaY=sigma_px)[reach:-reach]
    # Drawing takes time by the segment: an eighth of a pixel off the curve is not seen, and saves most of them.
    return cv2.approxPolyDP(np.rint(blurred * (1 << _SHIFT)).astype(np.int32), (1 << _SHIFT) / 8, closed=True)
