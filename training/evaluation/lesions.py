"""Lesion by lesion: which ones were found, and what was found where there is none.

References
----------
Maier-Hein et al. 2024, "Metrics Reloaded: Recommendations for Image Analysis Validation",
doi 10.1038/s41592-023-02151-z (instances
are found by a criterion of localisation, which is arbitrary and must be said).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

FOUND_SHARE = 0.1
"""Share of a lesion that the mask must cover for it to count as found."""
NEIGHBOURS = np.ones((3, 3), np.int_)


@dataclass(frozen=True, slots=True, eq=False)
class Lesions:
    """The 8-connected parts of both masks of a picture.

    Attributes
    ----------
    areas_px
        Of the expert's parts, (n,).
    are_found
        Whether each of them was found, (n,).
    false_areas_px
        Of the model's parts that touch none of the expert's, (m,).
    """

    areas_px: NDArray[np.int_]
    are_found: NDArray[np.bool_]
    false_areas_px: NDArray[np.int_]


def find_lesions(expert: NDArray[np.bool_], model: NDArray[np.bool_]) -> Lesions:
    """Return what the mask ``model`` (H, W) made of the parts of ``expert``."""
    areas_px, covered_px = _parts(expert, model)
    found_px, right_px = _parts(model, expert)
    return Lesions(areas_px, covered_px >= FOUND_SHARE * areas_px, found_px[right_px == 0])


def _parts(mask: NDArray[np.bool_], other: NDArray[np.bool_]) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Return the area of each part of ``mask``, and how much of it is in ``other`` too, both in pixels (n,)."""
    labels, count = label(mask, NEIGHBOURS)
    areas_px = np.bincount(labels.ravel(), minlength=count + 1)
    shared_px = np.bincount(labels[other], minlength=count + 1)
    return areas_px[1:], shared_px[1:]
