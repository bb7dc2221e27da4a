"""What of an outline can be seen in the picture: nobody outlines blood that looks like the brain beside it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_CONTRAST_HU = 6.0
"""Blood whose median is not so much above that of the tissue around it is left out."""
RING_MM = (3.0, 12.0)
"""So far from blood lies the tissue that it is compared with."""
FLUID_HU, BONE_HU = 12.0, 75.0
"""Tissue lies between."""
LEAST_PIXELS = 5, 30
"""Of blood away from bone, and of the tissue around, for a median."""


def seen_parts(picture: NDArray[np.int16], mask: NDArray[np.bool_], spacing_mm: float) -> NDArray[np.bool_]:
    """Return the parts of ``mask`` (H, W) that stand out in ``picture`` (H, W) in HU, noise and all.

    One that has no tissue around it to be compared with is kept.
    """
    is_bone = picture > BONE_HU
    near_bone = cv2.dilate(is_bone.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    is_tissue = (picture > FLUID_HU) & ~near_bone & ~mask
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    kept = np.zeros_like(mask)
    for label in range(1, count):
        part = labels == label
        away_mm = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, 5) * spacing_mm
        ring = picture[is_tissue & (away_mm >= RING_MM[0]) & (away_mm < RING_MM[1])]
        core = picture[part & ~near_bone]
        if core.size < LEAST_PIXELS[0]:
            core = picture[part & ~is_bone]
        if ring.size < LEAST_PIXELS[1] or core.size == 0 or np.median(core) - np.median(ring) >= LEAST_CONTRAST_HU:
            kept |= part
    return kept
