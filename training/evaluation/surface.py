"""How far apart two outlines are.

SciPy does the work. The packages for it were passed over: `surface-distance` has had one release and weighs outlines by
a look-up table where a border of pixels is enough, the others bring a platform of their own along.

References
----------
Huttenlocher, Klanderman, Rucklidge 1993, "Comparing Images Using the Hausdorff Distance", doi 10.1109/34.232073.
Maier-Hein et al. 2024, "Metrics Reloaded: Recommendations for Image Analysis Validation",
doi 10.1038/s41592-023-02151-z (its 95th percentile, and the average over both outlines).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion
from scipy.spatial import KDTree

PERCENTILE = 95


@dataclass(frozen=True, slots=True)
class SurfaceDistance:
    """Distances between two outlines in pixels.

    Attributes
    ----------
    hausdorff_px
        The larger of both directions' 95th percentiles.
    mean_px
        Mean over the pixels of both outlines.
    """

    hausdorff_px: float
    mean_px: float


def surface_distance(expert: NDArray[np.bool_], model: NDArray[np.bool_]) -> SurfaceDistance | None:
    """Return how far apart the outlines of two masks (H, W) are; None if one of them is empty."""
    if not (expert.any() and model.any()):
        return None
    first, second = _outline(expert), _outline(model)
    forth, _ = KDTree(second).query(first)
    back, _ = KDTree(first).query(second)
    hausdorff_px = max(np.percentile(forth, PERCENTILE), np.percentile(back, PERCENTILE))
    return SurfaceDistance(float(hausdorff_px), float(np.concatenate([forth, back]).mean()))


def _outline(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the points (n, 2), y and x, of the mask that touch what is not in it, or the picture's edge."""
    return np.argwhere(mask & ~binary_erosion(mask))
