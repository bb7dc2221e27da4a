"""What lies around a head in a scanner: the head holder, cables and tubes, staples in the skin."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.slice import Floats
from training.phantoms.ct.view import View

STAPLE_HU, CABLE_HU = 2500.0, 600.0


@dataclass(frozen=True, slots=True)
class Holder:
    """A shell below the head, an arc in every slice.

    Attributes
    ----------
    radius_mm, lowest_mm
        Radius of the arc, and its lowest point below the head's axis.
    half_span_rad, gap_rad
        Half of the angle that it covers, and half of the angle left out in its middle.
    thickness_mm, shell_hu
        Of the shell.
    """

    radius_mm: float
    lowest_mm: float
    half_span_rad: float
    gap_rad: float
    thickness_mm: float
    shell_hu: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Holder:
        """Draw a holder, of which the middle is often too thin to be seen."""
        return cls(
            radius_mm=rng.uniform(92, 150),
            lowest_mm=rng.uniform(100, 128),
            half_span_rad=rng.uniform(0.5, 1.9),
            gap_rad=rng.uniform(0.3, 1.2) if rng.random() < 0.4 else 0.0,
            thickness_mm=rng.uniform(1.2, 4.0),
            shell_hu=rng.uniform(-60, 500),
        )

    def paint(self, hu: Floats, down: Floats, right: Floats, free: Floats) -> None:
        """Paint the shell into ``hu`` where it is ``free``, by the place of rows and columns in the scanner."""
        below = down[:, 0] - np.float32(self.lowest_mm - self.radius_mm)
        is_shell = below > self.radius_mm * math.cos(self.half_span_rad)
        is_shell &= below <= self.radius_mm * math.cos(self.gap_rad) + (self.thickness_mm if not self.gap_rad else 0)
        rows = np.flatnonzero(is_shell)
        # Near the shell, the difference of squares tells the distance.
        squares = np.square(below[rows])[:, np.newaxis] + np.square(right) - np.float32(self.radius_mm**2)
        distance = np.abs(squares) * np.float32(0.5 / self.radius_mm)
        share = np.clip(np.float32(self.thickness_mm / 2 + 0.5) - distance, 0, 1) * free[rows]
        hu[rows] += (np.float32(self.shell_hu) - hu[rows]) * share


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What lies around one head.

    Attributes
    ----------
    holder
        None where the field of view leaves it out.
    cables
        Place (down, right) in mm from the head's axis and radius of what crosses the slice.
    staples
        (first, last) direction seen from the head's axis in rad, and their number; None without.
    """

    holder: Holder | None
    cables: tuple[tuple[float, float, float], ...]
    staples: tuple[float, float, int] | None

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Surroundings:
        """Draw what lies around a head."""
        count = int(rng.integers(1, 7)) if rng.random() < 0.4 else 0
        angles, places = rng.uniform(0, 2 * math.pi, count), rng.uniform(92, 130, count)
        start = rng.uniform(0, 2 * math.pi)
        return cls(
            holder=Holder.draw(rng) if rng.random() < 0.7 else None,
            cables=tuple(
                (float(r * math.sin(a)), float(r * math.cos(a)), rng.uniform(0.6, 2.5))
                for a, r in zip(angles, places, strict=True)
            ),
            staples=(start, start + rng.uniform(0.1, 0.7), int(rng.integers(3, 12))) if rng.random() < 0.07 else None,
        )


def paint_surroundings(hu: Floats, view: View, depth_mm: Floats, around: Surroundings) -> None:
    """Paint what lies outside of the skin into ``hu``; staples stick in the skin."""
    size = hu.shape[0]
    down, right = view.in_scanner(size)
    free = np.clip(-depth_mm, 0, 1)
    if around.holder is not None:
        around.holder.paint(hu, down, right, free)
    for below, beside, radius in around.cables:
        rows = np.flatnonzero(np.abs(down[:, 0] - below) < radius + 1)
        columns = np.flatnonzero(np.abs(right[0] - beside) < radius + 1)
        near = np.ix_(rows, columns)
        reach = np.hypot(down[rows] - np.float32(below), right[:, columns] - np.float32(beside))
        spot = np.clip(np.float32(radius + 0.5) - reach, 0, 1) * free[near]
        hu[near] += (np.float32(CABLE_HU) - hu[near]) * spot
    if around.staples is not None:
        first, last, count = around.staples
        angle = (np.arctan2(down, right) - np.float32(first)) % np.float32(2 * math.pi)
        place = angle * np.float32(count / (last - first))
        is_staple = (angle < last - first) & (place % 1 < 0.35) & (np.abs(depth_mm - 1) < 1.3)
        hu[is_staple] = STAPLE_HU
