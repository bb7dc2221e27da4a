"""Where the scan lines of a transducer run, and the scan conversion that turns their samples into a picture.

Echoes live on a beam grid (R, B): R samples along each of B scan lines. Positions are in mm in the plane of the scan,
``x`` to the right from the centre line and ``z`` downwards from the centre of curvature (sector) or skin (linear).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Geometry = Literal["sector", "linear"]
Floats = NDArray[np.float32]
Points = tuple[Floats, Floats]

SAMPLES = 448
LINES = 256


@dataclass(frozen=True)
class Beams:
    """The scan lines of one transducer.

    Attributes
    ----------
    radius_mm
        Radius of curvature of a curved array; 0 for a linear one.
    depth_mm
        Length of a scan line.
    half_width
        Half of the field across: an angle in radians on a curved array, mm on a linear one.
    """

    radius_mm: float
    depth_mm: float
    half_width: float

    @classmethod
    def draw(cls, rng: np.random.Generator, geometry: Geometry) -> Beams:
        """Draw a usual transducer: abdominal curved array, or linear array for shallow vessels."""
        if geometry == "sector":
            return cls(rng.uniform(40, 62), rng.uniform(110, 165), math.radians(rng.uniform(29, 37)))
        return cls(0.0, rng.uniform(32, 45), rng.uniform(18, 24))

    @property
    def is_curved(self) -> bool:
        """Whether the lines fan out."""
        return self.radius_mm > 0

    @property
    def sample_mm(self) -> float:
        """Distance between neighbouring samples of a line."""
        return self.depth_mm / (SAMPLES - 1)

    @cached_property
    def across(self) -> Floats:
        """(1, B) position of each line across the field, -1 (left) to 1 (right)."""
        return np.linspace(-1, 1, LINES, dtype=np.float32)[np.newaxis, :]

    @cached_property
    def depths_mm(self) -> Floats:
        """(R, 1) depth of each sample below the transducer's face."""
        return np.linspace(0, self.depth_mm, SAMPLES, dtype=np.float32)[:, np.newaxis]

    @cached_property
    def positions(self) -> Points:
        """(x, z) in mm of every sample, (R, B) each."""
        if self.is_curved:
            angle, reach = self.across * np.float32(self.half_width), self.depths_mm + np.float32(self.radius_mm)
            return reach * np.sin(angle), reach * np.cos(angle)
        across = self.across * np.float32(self.half_width)
        shape = (SAMPLES, LINES)
        return np.broadcast_to(across, shape).copy(), np.broadcast_to(self.depths_mm, shape).copy()

    @property
    def directions(self) -> Points:
        """(x, z) of the unit vector along each line, (1, B) each."""
        angle = self.across * np.float32(self.half_width if self.is_curved else 0)
        return np.sin(angle), np.cos(angle)

    @property
    def extent_mm(self) -> tuple[float, float, float]:
        """(top, bottom, half width) of the field in mm."""
        if not self.is_curved:
            return 0.0, self.depth_mm, self.half_width
        reach = self.radius_mm + self.depth_mm
        return self.radius_mm * math.cos(self.half_width), reach, reach * math.sin(self.half_width)

    def point(self, across: float, down: float) -> tuple[float, float]:
        """Return (x, z) in mm of the point ``across`` (-1 to 1) the field and ``down`` (0 to 1) its depth."""
        depth = down * self.depth_mm
        if not self.is_curved:
            return across * self.half_width, depth
        angle, reach = across * self.half_width, self.radius_mm + depth
        return reach * math.sin(angle), reach * math.cos(angle)

    def to_grid(self, x: Floats, z: Floats) -> Points:
        """Return the (column, row) of the beam grid, fractional, where the points (x, z) in mm lie."""
        if self.is_curved:
            reach, angle = (np.asarray(part, np.float32) for part in cv2.cartToPolar(z, x))
            across = np.where(angle > math.pi, angle - np.float32(2 * math.pi), angle)
            depth = reach - np.float32(self.radius_mm)
        else:
            across, depth = x, z
        column = (across * np.float32(1 / self.half_width) + np.float32(1)) * np.float32((LINES - 1) / 2)
        return column, depth * np.float32(1 / self.sample_mm)


@dataclass(frozen=True)
class View:
    """The picture that is made of a field: which part of it, and at what scale.

    Attributes
    ----------
    size
        (height, width) of the picture in pixels.
    zoom
        1 shows the whole field; 1.5 shows its middle, half as large again.
    """

    beams: Beams
    size: tuple[int, int]
    zoom: float = 1.0

    @cached_property
    def spacing_mm(self) -> float:
        """Side of a pixel in mm."""
        top, bottom, half_width = self.beams.extent_mm
        margin = 1.03
        return margin * max((bottom - top) / self.size[0], 2 * half_width / self.size[1]) / self.zoom

    @cached_property
    def positions(self) -> Points:
        """(x, z) in mm of the pixel centres, (1, W) and (H, 1)."""
        height, width = self.size
        top, bottom, _ = self.beams.extent_mm
        x = (np.arange(width) + 0.5 - width / 2) * self.spacing_mm
        z = (np.arange(height) + 0.5 - height / 2) * self.spacing_mm + (top + bottom) / 2
        return x.astype(np.float32)[np.newaxis, :], z.astype(np.float32)[:, np.newaxis]

    @cached_property
    def _maps(self) -> tuple[NDArray[np.int16], NDArray[np.uint16]]:
        x, z = (np.broadcast_to(axis, self.size).copy() for axis in self.positions)
        column, row = self.beams.to_grid(x, z)
        is_outside = (column < 0) | (column > LINES - 1) | (row < 0) | (row > SAMPLES - 1)
        column[is_outside] = row[is_outside] = -2
        fixed, fraction = cv2.convertMaps(column, row, cv2.CV_16SC2)
        return np.asarray(fixed, np.int16), np.asarray(fraction, np.uint16)

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """(H, W) where the picture shows the field; it is black elsewhere."""
        return self.convert(np.full((SAMPLES, LINES), 255, np.uint8)) > 0

    def convert(self, lines: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return the picture (H, W) of the samples (R, B), linear between samples and 0 outside the field."""
        return np.asarray(cv2.remap(lines, *self._maps, cv2.INTER_LINEAR, borderValue=0), np.uint8)
