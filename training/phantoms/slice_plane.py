"""The plane of one slice of a head: where its pixels are and how deep they lie in the skull. Brushes to paint on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SlicePlane:
    """The pixels of one slice.

    Attributes
    ----------
    level
        Height of the slice within the head, 0 (base of the skull) to 1 (vertex).
    z_mm
        The same in mm.
    x, y
        (H, W) in mm from the middle of the head.
    depth_mm
        (H, W) how far a pixel lies inside the skin; negative in air.
    inner_mm
        (H, W) how far a pixel lies inside the inner face of the skull; negative in bone, scalp and air.
    """

    level: float
    z_mm: float
    x: Floats
    y: Floats
    depth_mm: Floats
    inner_mm: Floats


@dataclass(frozen=True, slots=True, eq=False)
class SmoothVolume:
    """Noise of mean 0 and deviation of about 1 that varies smoothly along all three axes."""

    planes: Floats

    @classmethod
    def draw(cls, rng: np.random.Generator, *, cells: int, levels: int = 8) -> SmoothVolume:
        """Draw noise with ``levels`` x ``cells`` x ``cells`` independent patches."""
        return cls(rng.standard_normal((levels, cells, cells), np.float32))

    def at(self, level: float, size: int) -> Floats:
        """Return the noise (size, size) at ``level``, 0 to 1."""
        place = min(max(level, 0.0), 1.0) * (len(self.planes) - 1)
        below = min(int(place), len(self.planes) - 2)
        share = place - below
        plane = (1 - share) * self.planes[below] + share * self.planes[below + 1]
        # Between two planes, and between two patches, averaging narrows the noise: 1.3 makes up for the latter.
        plane *= np.float32(1.3 / np.hypot(1 - share, share))
        return np.asarray(cv2.resize(plane, (size, size), interpolation=cv2.INTER_CUBIC), np.float32)


def oval(plane: SlicePlane, centre_mm: tuple[float, float], half_mm: tuple[float, float], *, turn: float = 0) -> Floats:
    """Return how far (H, W) pixels are from ``centre_mm`` (y, x), in units of the oval's half axes ``half_mm`` (y, x).

    The outline of the oval is at 1; ``turn`` in radians turns it anticlockwise in the picture.
    """
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    down, across = plane.y - np.float32(centre_mm[0]), plane.x - np.float32(centre_mm[1])
    return np.asarray(
        np.hypot((down * cos + across * sin) / half_mm[0], (across * cos - down * sin) / half_mm[1]), np.float32
    )
