"""The outline that a reader would draw around blood by hand: smooth, a little generous, without specks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.phantoms.ct.slice import Slice

HAND_MM = 0.8
"""Standard deviation of the blur that takes from an outline what no hand follows."""
GENEROUS = 0.28
"""Share of faint blood in a place from which it is outlined; half of it would be exact. Of dense blood 0.4."""
SMALLEST_MM2 = 3.0
BONE_MM = 0.7
"""An outline may reach this far into bone, which hides where blood ends."""


def outline(cut: Slice, coverage: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the mask (H, W) of what a reader would outline in ``cut``, of which blood fills ``coverage`` (H, W)."""
    if not coverage.any():
        return np.zeros(cut.size, np.bool_)
    share = cv2.GaussianBlur(coverage, (0, 0), HAND_MM / cut.pixel_mm)
    mask = (share >= GENEROUS) & (cut.inner_mm > -BONE_MM)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    is_kept = statistics[:, cv2.CC_STAT_AREA] * cut.pixel_mm**2 >= SMALLEST_MM2
    is_kept[0] = False
    return np.asarray(is_kept[labels], np.bool_)
