"""What of an outline can be seen in the picture: nobody outlines blood that looks like the brain or bone beside it.

References
----------
Rose 1948, "The sensitivity performance of the human eye on an absolute scale", doi 10.1364/JOSA.38.000196: the contrast
that can be seen in noise is the lower, the larger the area, in proportion to its diameter.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST_CONTRAST_HU, LOWEST_CONTRAST_HU = 6.0, 3.0
"""Blood whose median is not so much above that of the tissue around it is left out; of large parts, less is seen."""
LARGE_MM2 = 150.0
"""Of a larger part, so much less contrast is enough as its diameter is greater."""
RING_MM = (3.0, 12.0)
"""So far from blood lies the tissue that it is compared with."""
FLUID_HU, BONE_HU = 12.0, 75.0
"""Tissue lies between."""
LEAST_PIXELS = 30
"""Of the tissue around, for a median."""
GLOW_PX = 6
"""So far from bone tissue may look brighter than it is."""
WHITE_HU, BLURRED_WHITE_HU = 95.0, 90.0
"""Above the first, or blurred by a pixel above the second, is bone to the eye: it is 1 % of what readers outline."""
SOLID_HU = 99.0
"""What is so bright when blurred is bone, and no dense blood."""


def seen_parts(picture: NDArray[np.int16], mask: NDArray[np.bool_], spacing_mm: float) -> NDArray[np.bool_]:
    """Return the parts of ``mask`` (H, W) that stand out in ``picture`` (H, W) in HU, noise and all.

    What looks like bone is cut off, and along bone blood must be brighter than tissue that lies as close to it. A part
    that has no tissue around it to be compared with is kept, and a large one stands out by less contrast.
    """
    mask = mask & ~_looks_like_bone(picture)
    is_bone = picture > BONE_HU
    is_tissue = (picture > FLUID_HU) & ~is_bone & ~mask
    level = picture - _glow(picture, is_bone, is_tissue)
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    kept = np.zeros_like(mask)
    for label in range(1, count):
        part = labels == label
        away_mm = cv2.distanceTransform((~part).astype(np.uint8), cv2.DIST_L2, 5) * spacing_mm
        ring = level[is_tissue & (away_mm >= RING_MM[0]) & (away_mm < RING_MM[1])]
        core = level[part & ~is_bone] if (part & ~is_bone).any() else level[part]
        least_hu = LEAST_CONTRAST_HU * np.sqrt(LARGE_MM2 / (np.count_nonzero(part) * spacing_mm**2))
        least_hu = np.clip(least_hu, LOWEST_CONTRAST_HU, LEAST_CONTRAST_HU)
        if ring.size < LEAST_PIXELS or np.median(core) - np.median(ring) >= least_hu:
            kept |= part
    return kept


def _glow(picture: NDArray[np.int16], is_bone: NDArray[np.bool_], is_tissue: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return how much brighter tissue looks by how close to bone it is, in HU (H, W): the median of all as close."""
    away_px = np.minimum(cv2.distanceTransform((~is_bone).astype(np.uint8), cv2.DIST_L2, 5), GLOW_PX).astype(np.intp)
    shells = [picture[is_tissue & (away_px == step)] for step in range(GLOW_PX + 1)]
    far = shells[GLOW_PX]
    if far.size < LEAST_PIXELS:
        return np.zeros(picture.shape, np.float32)
    glow = [np.median(shell) - np.median(far) if shell.size >= LEAST_PIXELS else 0 for shell in shells]
    return np.maximum(np.array(glow, np.float32), 0)[away_px]


def _looks_like_bone(picture: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return the white of a ``picture`` (H, W) in HU that bone is a part of: where it lies over blood, it hides it."""
    blurred = cv2.GaussianBlur(picture.astype(np.float32), (0, 0), 1.0)
    is_white = (picture > WHITE_HU) | (blurred > BLURRED_WHITE_HU)
    count, labels = cv2.connectedComponents(is_white.astype(np.uint8), connectivity=8)
    has_bone = np.zeros(count, np.bool_)
    has_bone[labels[blurred > SOLID_HU]] = True
    return np.asarray(has_bone[labels] & is_white)
