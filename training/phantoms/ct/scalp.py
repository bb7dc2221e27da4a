"""What covers the skull: skin, fat, galea, the temporal muscles; and the flesh below the base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.phantoms.ct.cut import Cut
from training.phantoms.ct.slice import Floats

if TYPE_CHECKING:
    from training.phantoms.ct.form import Layers

AIR_HU, FAT_HU, SKIN_HU, MUSCLE_HU, SCAR_HU = -1000.0, -85.0, 40.0, 58.0, 36.0
SKIN_MM = 2.0


@dataclass(frozen=True, slots=True)
class Scalp:
    """How thick the layers over one skull are.

    Attributes
    ----------
    thickness_mm
        Of the scalp away from muscle.
    muscle_mm
        Of the temporal muscles at their thickest.
    fat_share
        How much of the scalp is fat.
    """

    thickness_mm: float
    muscle_mm: float
    fat_share: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Scalp:
        """Draw the scalp of a thin or a stout adult."""
        return cls(
            thickness_mm=float(np.clip(rng.normal(5.0, 1.5), 2.8, 10.0)),
            muscle_mm=rng.uniform(3, 12),
            fat_share=rng.uniform(0.3, 0.8),
        )

    def muscle(self, points: Floats) -> Floats:
        """Return the thickness of the temporal muscles over the bone."""
        x, y, z = points
        ahead = np.square((y + np.float32(18)) / np.float32(30)) + np.square((z - np.float32(28)) / np.float32(34))
        return np.asarray(np.float32(self.muscle_mm) * np.exp(-ahead) * (np.abs(x) > 35), np.float32)


def paint_scalp(layers: Layers, depth_mm: Floats, scalp: Scalp, swelling_hu: float) -> Floats:
    """Return a picture of the layers between skin and bone, ``depth_mm`` being the depth below the skin."""
    over_bone = -layers.wall - layers.bone
    galea_mm = np.float32(max(0.6, (1 - scalp.fat_share) * (scalp.thickness_mm - SKIN_MM)))
    is_swollen = np.clip(layers.swelling / 3 - np.float32(0.2), 0, 1)
    flesh = MUSCLE_HU + (np.float32(swelling_hu) + 8 * layers.texture - MUSCLE_HU) * is_swollen
    # Where bone is missing there is scar.
    flesh += (SCAR_HU - flesh) * np.clip(-over_bone, 0, 1)
    is_fat = np.clip(over_bone - galea_mm - layers.muscle - layers.swelling + np.float32(0.5), 0, 1)
    flesh += (FAT_HU - flesh) * is_fat
    skin = np.clip(np.float32(SKIN_MM + 0.5) - depth_mm, 0, 1)
    flesh += (SKIN_HU - flesh) * skin
    inside = np.clip(depth_mm + np.float32(0.5), 0, 1)
    return np.asarray(AIR_HU + (flesh - AIR_HU) * inside, np.float32)


def paint_flesh(hu: Floats, cut: Cut, depth_mm: Floats, texture: Floats) -> None:
    """Paint muscles and the fat between them below the base of the skull into ``hu``."""
    share = np.clip(depth_mm - 3, 0, 1)
    muscle = np.clip(np.float32(1.8) * texture + np.float32(0.9) + (cut.y > 20) * np.float32(0.8), 0, 1)
    flesh = FAT_HU + (MUSCLE_HU - FAT_HU) * muscle
    hu += (flesh - hu) * share
