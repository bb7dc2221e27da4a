"""Where a slice runs through a head, so that what is drawn is met by it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.slice import Slice

HALF_MM = (66.0, 83.0)
"""Half width and half length of the room inside the skull, at its widest."""
EQUATOR, WIDEST = 0.39, 0.63
"""Level of the widest slices, and the distance from there to the vertex, as shares of the head's height."""
FLOORS_MM = ((-16.0, 42.0), (14.0, 22.0), (math.inf, 4.0))
"""Up to which y the floor of the skull lies how high: frontal, temporal, and behind."""
ATTEMPTS = 12


@dataclass(frozen=True, slots=True)
class Aim:
    """The plane of a slice in a head.

    Attributes
    ----------
    z_mm
        Where it crosses the vertical axis of the head.
    height_mm
        Of the head, inside.
    slope
        How much it rises along x and along y, mm in mm.
    """

    z_mm: float
    height_mm: float
    slope: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def at(cls, anatomy: Slice) -> Aim:
        """Return the plane of a slice."""
        corners = np.ix_([0, -1], [0, -1])
        x, y, z = (field[corners].ravel() for field in (anatomy.x_mm, anatomy.y_mm, anatomy.z_mm))
        (z_mm, along_x, along_y), *_ = np.linalg.lstsq(np.stack([np.ones_like(x), x, y], axis=1), z, rcond=None)
        return cls(float(z_mm), anatomy.height_mm, (float(along_x), float(along_y)))

    @property
    def level(self) -> float:
        """Height of the plane in the middle of the head: 0 at the base of the skull, 1 at its vertex."""
        return self.z_mm / self.height_mm

    def z_at(self, x_mm: float, y_mm: float) -> float:
        """Return the height of the plane at a place."""
        return self.z_mm + self.slope[0] * x_mm + self.slope[1] * y_mm

    def narrowing(self, x_mm: float, y_mm: float) -> float:
        """Return how narrow the room is at the height of the plane at a place: 1 where it is widest."""
        above = max(0.0, self.z_at(x_mm, y_mm) / self.height_mm - EQUATOR) / WIDEST
        return float(max(0.0, 1 - above**2.5) ** 0.4)

    def meets_brain(self, x_mm: float, y_mm: float) -> bool:
        """Return whether the plane runs through brain at a place, in a head of the usual form."""
        floor_mm = next(height for end, height in FLOORS_MM if y_mm < end)
        out = np.hypot(x_mm / HALF_MM[0], y_mm / HALF_MM[1])
        return self.z_at(x_mm, y_mm) > floor_mm and out < 0.97 * self.narrowing(x_mm, y_mm)

    def place(self, draw: Callable[[], tuple[float, float]]) -> tuple[float, float, float]:
        """Return the first (x, y) of several drawn that lies in brain, and the height of the plane there."""
        x_mm, y_mm = draw()
        for _ in range(ATTEMPTS):
            if self.meets_brain(x_mm, y_mm):
                break
            x_mm, y_mm = draw()
        return x_mm, y_mm, self.z_at(x_mm, y_mm)

    def on_vault(self, direction_rad: float) -> float:
        """Return the height of the plane where it meets the vault in a direction, from x towards y."""
        cos, sin = float(np.cos(direction_rad)), float(np.sin(direction_rad))
        reach = self.narrowing(0.7 * HALF_MM[0] * cos, 0.7 * HALF_MM[1] * sin)
        return self.z_at(HALF_MM[0] * reach * cos, HALF_MM[1] * reach * sin)
