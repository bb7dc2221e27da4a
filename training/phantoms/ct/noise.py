"""Noise that varies smoothly along all three axes, so that neighbouring slices of one head fit together."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import map_coordinates

from training.phantoms.ct.slice import Floats

CELLS = 20
"""Cells along each axis before the noise repeats itself."""
SPLINE_DEVIATION = 0.40
"""Standard deviation of the spline through noise of deviation 1, between its nodes as on them."""


@dataclass(frozen=True, slots=True, eq=False)
class SmoothNoise:
    """Noise of mean 0 and deviation of about 1 in space.

    Attributes
    ----------
    nodes
        (n, n, n) independent values; the noise repeats itself after n cells.
    cell_mm
        Distance between two nodes: half of the size of a typical patch.
    """

    nodes: Floats
    cell_mm: float

    @classmethod
    def draw(cls, rng: np.random.Generator, cell_mm: float) -> SmoothNoise:
        """Draw noise whose patches are about twice ``cell_mm`` wide."""
        return cls(rng.standard_normal((CELLS, CELLS, CELLS), np.float32), cell_mm)

    def at(self, points_mm: Floats) -> Floats:
        """Return the noise (h, w) at points (3, h, w)."""
        nodes = map_coordinates(
            self.nodes, points_mm / np.float32(self.cell_mm), order=2, mode="grid-wrap", prefilter=False
        )
        return np.asarray(nodes / np.float32(SPLINE_DEVIATION), np.float32)


def enlarge(coarse: Floats, factor: int) -> Floats:
    """Return a smooth (h, w) field with ``factor`` times the pixels along each side."""
    height, width = coarse.shape
    size = (width * factor, height * factor)
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC), np.float32)


def shrink(points_mm: Floats, factor: int) -> Floats:
    """Return the middles of blocks of factor x factor points (3, h, w)."""
    height, width = points_mm.shape[1:]
    size = (width // factor, height // factor)
    return np.stack([cv2.resize(axis, size, interpolation=cv2.INTER_AREA) for axis in points_mm])
