"""Blood where it should not be: in the brain, or between brain and skull."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from training.phantoms.slice_plane import Floats, Mask, SlicePlane, SmoothVolume

HEALTHY_MM = 3.0
"""Tissue that is left between a haemorrhage in the brain and the surface."""


class Haemorrhage(Protocol):
    """A volume of fresh blood."""

    @property
    def blood_hu(self) -> float:
        """Density of the blood."""
        ...

    def mask(self, plane: SlicePlane) -> Mask:
        """Return where the blood is in a slice, (H, W)."""
        ...

    def oedema(self, plane: SlicePlane) -> Mask:
        """Return where the brain around it is swollen, (H, W); the blood itself may be included."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Intraparenchymal:
    """A lump of blood in the brain with a rim of oedema.

    Attributes
    ----------
    centre_mm, half_mm
        Centre and half axes (z, y, x).
    ruggedness
        Noise that dents its surface.
    """

    centre_mm: tuple[float, float, float]
    half_mm: tuple[float, float, float]
    ruggedness: SmoothVolume
    blood_hu: float

    @classmethod
    def draw(cls, rng: np.random.Generator, height_mm: float) -> Intraparenchymal:
        """Draw one near the deep nuclei or in a lobe, on either side."""
        side = rng.choice([-1.0, 1.0])
        centre = (height_mm * rng.uniform(0.4, 0.68), rng.uniform(-30, 35), side * rng.uniform(20, 40))
        half = (rng.uniform(9, 20), rng.uniform(8, 22), rng.uniform(7, 16))
        return cls(centre, half, SmoothVolume.draw(rng, cells=16), rng.uniform(58, 76))

    def mask(self, plane: SlicePlane) -> Mask:
        """Return where the blood is."""
        return np.asarray((self._distance(plane) < 1) & (plane.inner_mm > HEALTHY_MM), np.bool_)

    def oedema(self, plane: SlicePlane) -> Mask:
        """Return where the brain is swollen: a rim of about a quarter of the lump's size."""
        return np.asarray(self._distance(plane) < 1.25, np.bool_)

    def _distance(self, plane: SlicePlane) -> Floats:
        z, y, x = self.centre_mm
        half_z, half_y, half_x = self.half_mm
        flat = np.square((plane.y - np.float32(y)) / half_y) + np.square((plane.x - np.float32(x)) / half_x)
        distance = np.sqrt(flat + np.float32(((plane.z_mm - z) / half_z) ** 2))
        dents = np.float32(0.12) * self.ruggedness.at(plane.level, plane.x.shape[0])
        return np.asarray(distance + dents, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class ExtraAxial:
    """A layer of blood on the inner face of the skull: a crescent (subdural) or a lens (epidural).

    Attributes
    ----------
    direction
        Where its middle lies, seen from the middle of the head: radians from the left of the patient towards the back.
    half_span
        Half of the angle that it covers.
    thickness_mm
        In its middle.
    bluntness
        How suddenly it ends: 0.35 for a crescent, which stays thick to its tips, 1 for a lens.
    middle_mm, half_height_mm
        Where it lies along z.
    """

    direction: float
    half_span: float
    thickness_mm: float
    bluntness: float
    middle_mm: float
    half_height_mm: float
    blood_hu: float

    @classmethod
    def draw_subdural(cls, rng: np.random.Generator, height_mm: float) -> ExtraAxial:
        """Draw a crescent over one hemisphere: long and thin, for no suture holds it back."""
        return cls(
            direction=rng.choice([0.0, math.pi]) + rng.uniform(-0.35, 0.35),
            half_span=rng.uniform(0.8, 1.15),
            thickness_mm=rng.uniform(5, 12),
            bluntness=0.35,
            middle_mm=height_mm * rng.uniform(0.5, 0.65),
            half_height_mm=height_mm * rng.uniform(0.22, 0.32),
            blood_hu=rng.uniform(55, 72),
        )

    @classmethod
    def draw_epidural(cls, rng: np.random.Generator, height_mm: float) -> ExtraAxial:
        """Draw a lens: short and thick, for the dura holds on to the sutures."""
        return cls(
            direction=rng.choice([0.0, math.pi]) + rng.uniform(-0.6, 0.6),
            half_span=rng.uniform(0.35, 0.55),
            thickness_mm=rng.uniform(11, 22),
            bluntness=1.0,
            middle_mm=height_mm * rng.uniform(0.42, 0.62),
            half_height_mm=height_mm * rng.uniform(0.16, 0.26),
            blood_hu=rng.uniform(60, 76),
        )

    def mask(self, plane: SlicePlane) -> Mask:
        """Return where the blood is."""
        angle = np.arctan2(plane.y, plane.x) - np.float32(self.direction)
        turn = np.abs((angle + np.float32(math.pi)) % np.float32(2 * math.pi) - np.float32(math.pi))
        rise = (plane.z_mm - self.middle_mm) / self.half_height_mm
        left = np.maximum(1 - np.square(turn / self.half_span) - np.float32(rise**2), 0)
        thickness = np.float32(self.thickness_mm) * left ** np.float32(self.bluntness)
        return np.asarray((plane.inner_mm >= 0) & (plane.inner_mm < thickness), np.bool_)

    def oedema(self, plane: SlicePlane) -> Mask:
        """Return nothing: it lies outside the brain."""
        return np.zeros(plane.x.shape, np.bool_)


def draw_haemorrhages(rng: np.random.Generator, height_mm: float) -> list[Haemorrhage]:
    """Draw what a head has bled: a lump in the brain, a layer around it, or both."""
    surface = ExtraAxial.draw_subdural if rng.random() < 0.5 else ExtraAxial.draw_epidural
    drawn: list[Haemorrhage] = [Intraparenchymal.draw(rng, height_mm), surface(rng, height_mm)]
    return [drawn[:1], drawn[1:], drawn][int(rng.integers(3))]
