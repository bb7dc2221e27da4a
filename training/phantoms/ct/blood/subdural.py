"""Subdural haematoma: crescents over a hemisphere, and sheets along falx and tentorium.

References
----------
Bullock, Chesnut, Ghajar et al. 2006, "Surgical management of acute subdural hematomas", doi
10.1227/01.NEU.0000210364.29290.C9: 10 mm thick and 5 mm of shift mark the large ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.density import Density, visibility
from training.phantoms.ct.blood.layer import Layer, draw_bubbles
from training.phantoms.ct.blood.stain import COARSE, Stain, Unmoving, coarsen, noise_in, ramp, refine, whole
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import FAR_MM, Floats, Slice

BASE_MM = 32.0
"""Below this level the room inside the skull falls apart into fossae."""
AGEING_MM, AGEING_SHARE, AGEING_HU = 4.0, 0.35, (33.0, 43.0)
"""So many of the thicker crescents are some days old, and as dense as that: they fade towards the brain's density."""


def draw_subdural(rng: np.random.Generator, aim: Aim) -> Layer:
    """Draw a crescent that the slice meets, from a sliver to a large one, from fresh to old.

    Low in the skull they are small: between its fossae the dura is fixed.
    """
    direction_rad = float(rng.choice([0.0, math.pi]) + np.clip(rng.normal(0, 0.55), -1.3, 1.3))
    z_mm = aim.on_vault(direction_rad)
    thickness_mm = float(np.clip(rng.lognormal(math.log(4.6), 0.6), 1.6, 26 if z_mm > BASE_MM else 7))
    half_arc_mm = rng.uniform(22, 55) if z_mm < BASE_MM or rng.random() < 0.3 else rng.uniform(55, 130)
    half_height_mm = float(np.clip(half_arc_mm * rng.uniform(0.5, 0.9), 18, 60))
    return Layer(
        direction_rad=direction_rad,
        half_arc_mm=half_arc_mm,
        half_height_mm=half_height_mm,
        middle_mm=z_mm + half_height_mm * rng.uniform(-0.6, 0.6),
        thickness_mm=thickness_mm,
        bluntness=rng.uniform(0.3, 0.6),
        skew=rng.uniform(-0.6, 0.6),
        unevenness=rng.uniform(0.05, 0.3),
        relief=SmoothNoise.draw(rng, rng.uniform(5, 14)),
        soft_mm=rng.uniform(0.7, 2.8),
        crosses_midline=False,
        density=_draw_density(rng, thickness_mm),
        bubbles=draw_bubbles(rng),
    )


def _draw_density(rng: np.random.Generator, thickness_mm: float) -> Density:
    """Draw fresh blood mostly; a thick one may have settled in layers, or be days old and hardly denser than brain."""
    if thickness_mm > AGEING_MM and rng.random() < AGEING_SHARE:
        return replace(Density.draw(rng), clot_hu=rng.uniform(*AGEING_HU), mottle_hu=rng.uniform(0.5, 3))
    level_mm = rng.uniform(-25, 55) if thickness_mm > 5 and rng.random() < 0.22 else None
    return Density.draw(rng, level_mm=level_mm, faint_share=0.6)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet(Unmoving):
    """Subdural blood along one side of falx or tentorium.

    Attributes
    ----------
    is_tentorial
        Whether it lies on the tentorium; otherwise along the falx.
    side
        1 to the right of an upright picture, -1 to the left, 0 for both.
    centre_mm, half_mm
        (y, z) of its middle, and how far it reaches.
    thickness_mm
        In its middle.
    """

    is_tentorial: bool
    side: int
    centre_mm: tuple[float, float]
    half_mm: tuple[float, float]
    thickness_mm: float
    relief: SmoothNoise
    density: Density

    @classmethod
    def draw_falcine(cls, rng: np.random.Generator, aim: Aim) -> Sheet:
        """Draw one along the falx that the slice meets."""
        half_z = rng.uniform(12, 40)
        y_mm = rng.uniform(15, 65) if rng.random() < 0.6 else rng.uniform(-70, -20)
        return cls(
            is_tentorial=False,
            side=int(rng.choice([-1, 1])) if rng.random() < 0.85 else 0,
            centre_mm=(y_mm, aim.z_at(0, y_mm) + half_z * rng.uniform(-0.5, 0.5)),
            half_mm=(rng.uniform(15, 55), half_z),
            thickness_mm=float(np.clip(rng.lognormal(math.log(3.2), 0.45), 1.5, 9)),
            relief=SmoothNoise.draw(rng, rng.uniform(5, 12)),
            density=Density.draw(rng, faint_share=0.45),
        )

    @classmethod
    def draw_tentorial(cls, rng: np.random.Generator, aim: Aim) -> Sheet:
        """Draw one along the tentorium that the slice meets."""
        y_mm = rng.uniform(25, 60)
        return cls(
            is_tentorial=True,
            side=int(rng.choice([-1, 1])),
            centre_mm=(y_mm, aim.z_at(0, y_mm) + rng.uniform(-6, 6)),
            half_mm=(rng.uniform(25, 50), rng.uniform(14, 25)),
            thickness_mm=float(np.clip(rng.lognormal(math.log(3.2), 0.4), 1.5, 8)),
            relief=SmoothNoise.draw(rng, rng.uniform(5, 12)),
            density=Density.draw(rng, faint_share=0.45),
        )

    def stain(self, anatomy: Slice) -> Stain | None:
        """Return the sheet in a slice."""
        membrane_mm = anatomy.tentorium_mm if self.is_tentorial else anatomy.falx_mm
        if membrane_mm.min() >= FAR_MM / 2:
            return None
        full = refine(self._thickness(coarsen(anatomy, COARSE)), anatomy.size)
        depth = np.minimum(full - membrane_mm, full * np.float32(2) - np.float32(0.6))
        share = ramp(depth, 1.0) * ramp(anatomy.inner_mm, anatomy.pixel_mm)
        if self.side:
            # The sheet itself stays bright: it is taken along with the blood beside it.
            share *= ramp(anatomy.x_mm * np.float32(self.side) + np.float32(0.8), 1.0)
        if not share.any():
            return None
        hu = self.density.at(anatomy)
        return Stain(whole(anatomy), share, hu, share * visibility(hu))

    def _thickness(self, coarse: Slice) -> Floats:
        y, z = self.centre_mm
        half_y, half_z = self.half_mm
        squares = np.square((coarse.y_mm - np.float32(y)) / np.float32(half_y))
        squares += np.square((coarse.z_mm - np.float32(z)) / np.float32(half_z))
        thickness = np.float32(self.thickness_mm) * np.sqrt(np.maximum(1 - squares, 0))
        return np.asarray(thickness * np.clip(1 + np.float32(0.3) * noise_in(self.relief, coarse), 0, 2), np.float32)
