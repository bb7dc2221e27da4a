"""Masks of known shape, and segmentations of them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame, Scores, Segmentation
from streamseg.geometry import Box, Size

SIZE = 200, 240


def ellipse_mask(
    long: float,
    short: float,
    angle: float = 0.0,
    *,
    centre: tuple[float, float] = (99.8, 119.3),
    size: Size = SIZE,
    spacing: tuple[float, float] = (1.0, 1.0),
) -> NDArray[np.bool_]:
    """Return the pixels with their centre in an ellipse about ``centre`` (y, x) in pixels.

    ``long`` and ``short`` are half axes in the unit of ``spacing`` (row, column).
    """
    y, x = np.indices(size).astype(float)
    y, x = (y - centre[0]) * spacing[0], (x - centre[1]) * spacing[1]
    u = (x * math.cos(angle) + y * math.sin(angle)) / long
    v = (y * math.cos(angle) - x * math.sin(angle)) / short
    return np.asarray(u * u + v * v <= 1, np.bool_)


def segmented(
    mask: NDArray[np.bool_],
    *,
    spacing_mm: tuple[float, float] | None = None,
    scan_region: Box | None = None,
    region: Box | None = None,
    image: NDArray[np.uint8] | None = None,
) -> Segmentation:
    """Return a frame, of mid grey unless given, with ``mask`` (H, W)."""
    pixels = np.full(mask.shape, 90, np.uint8) if image is None else image
    frame = Frame(pixels, 3, 1, spacing_mm=spacing_mm, scan_region=scan_region)
    area_px = int(mask.sum())
    return Segmentation(
        frame=frame,
        probability=mask.astype(np.float32),
        mask=mask,
        region=region or Box.whole(mask.shape),
        scores=Scores(0.1, 1.0, 1.0, 0.1),
        threshold=0.5,
        area_px=area_px,
        area_mm2=None if spacing_mm is None else area_px * spacing_mm[0] * spacing_mm[1],
    )
