"""The room inside the skull, and the bone around it.

References
----------
Lynnerup, Astrup, Sejrsen 2005, "Thickness of the human cranial diploe in relation to age, sex and general body build",
doi 10.1186/1746-160X-1-13: 5 to 9 mm of bone, most of it diploe.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.cut import STANDARD_MM
from training.phantoms.ct.noise import SmoothNoise, enlarge, shrink
from training.phantoms.ct.slice import Floats

TABLE_HU, DIPLOE_HU, SPONGY_HU = 1500.0, 650.0, 500.0
EQUATOR_MM = 52.0
"""Below this level the walls are upright."""
BASE_TOP_MM = 44.0
"""Petrous bones and sphenoid wings reach no higher."""


@dataclass(frozen=True, slots=True)
class Bowl:
    """One fossa of the skull's base: its floor, and how steeply it rises around it."""

    centre_mm: tuple[float, float]
    half_mm: tuple[float, float]
    floor_mm: float
    rise_mm: float

    def depth(self, x: Floats, y: Floats, z: Floats) -> Floats:
        """Return how far points lie above its floor."""
        across = np.square((x - np.float32(self.centre_mm[0])) / np.float32(self.half_mm[0]))
        along = np.square((y - np.float32(self.centre_mm[1])) / np.float32(self.half_mm[1]))
        squares = np.minimum(across + along, np.float32(4))
        slope = np.float32(4 * self.rise_mm / min(self.half_mm)) * squares * np.sqrt(squares)
        height = z - np.float32(self.floor_mm) - np.float32(self.rise_mm) * np.square(squares)
        return np.asarray(height / np.sqrt(1 + np.square(slope)), np.float32)


POSTERIOR = Bowl((0.0, 45.0), (57.0, 38.0), -5.0, 40.0)
MIDDLE = Bowl((36.0, -12.0), (26.0, 25.0), 13.0, 24.0)
"""For the side of positive x; the other is its mirror image."""


@dataclass(frozen=True, slots=True, eq=False)
class Skull:
    """The shape of one head's skull.

    Attributes
    ----------
    thickness_mm
        Of the vault, on average.
    frontal_share
        How much narrower the front is than the back.
    slant
        How far the sides are pushed past each other, mm in mm: a flat back of the head on one side.
    roughness_mm
        Of the inner face.
    crest_mm
        Height of the knob inside the back of the skull.
    """

    thickness_mm: float
    frontal_share: float
    slant: float
    roughness_mm: float
    crest_mm: float
    relief: SmoothNoise
    unevenness: SmoothNoise

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Skull:
        """Draw an adult's skull."""
        return cls(
            thickness_mm=float(np.clip(rng.normal(7.5, 1.7), 4.0, 13.0)),
            frontal_share=rng.uniform(0.04, 0.16),
            slant=float(rng.normal(0, 0.04)),
            roughness_mm=rng.uniform(0.05, 0.45),
            crest_mm=rng.uniform(2, 8),
            relief=SmoothNoise.draw(rng, 6.0),
            unevenness=SmoothNoise.draw(rng, 26.0),
        )

    def wall(self, points: Floats) -> tuple[Floats, Floats]:
        """Return how deep (h, w) points (3, h, w) lie inside the vault, in mm, and how far out, 0 to 1 at the vault."""
        x, y, z = points
        half_x, half_y, height = (np.float32(v) for v in STANDARD_MM)
        back = np.clip(y / half_y, -1.3, 1.3)
        # The base is narrower than the vault, and the neck more so.
        below = np.clip((EQUATOR_MM - z) / np.float32(EQUATOR_MM), 0, 1.5)
        narrow = 1 - np.float32(0.07) * np.square(below)
        half_x = half_x * narrow * (1 + np.float32(self.frontal_share) * (back - np.float32(0.15)))
        flat = np.abs((x - np.float32(self.slant) * y) / half_x)
        along = np.abs(y / (half_y * narrow))
        up = np.maximum(z - np.float32(EQUATOR_MM), 0) / (height - np.float32(EQUATOR_MM))
        powers = np.stack([np.square(v) * np.sqrt(v) for v in (flat, along, up)])
        out = np.maximum(powers.sum(axis=0), np.float32(1e-6)) ** np.float32(0.4)
        squares = np.zeros_like(out)
        for power, share, half in zip(powers, (flat, along, up), (half_x, half_y, height - EQUATOR_MM), strict=True):
            squares += np.square(power / np.maximum(share, np.float32(1e-3)) / half)
        slope = np.sqrt(squares) / np.maximum(out, np.float32(0.05)) ** np.float32(1.5)
        return np.asarray((1 - out) / np.maximum(slope, 1 / 90), np.float32), np.asarray(out, np.float32)

    def room(self, points: Floats, wall_mm: Floats) -> Floats:
        """Return how deep points lie inside the room for the brain; negative in bone and outside."""
        x, y, z = points
        rough = self.relief.at(shrink(points, 2)) * np.float32(self.roughness_mm)
        rough = enlarge(rough, 2)
        if z.min() > BASE_TOP_MM + 30:
            return np.asarray(wall_mm + rough, np.float32)
        floor = np.maximum(floor_depth(x, y, z), z - np.float32(BASE_TOP_MM))
        return np.asarray(np.minimum(wall_mm, floor) + rough, np.float32)

    def crest(self, points: Floats) -> Floats:
        """Return the height of the crests of the inner face in the midline: of the frontal and the occipital bone."""
        x, y, z = points
        if z.min() > BASE_TOP_MM + 60:
            return np.zeros_like(x)
        is_front = y < 0
        height = np.where(is_front, np.float32(2.5), np.float32(self.crest_mm)) * (np.abs(y) > 50)
        rise = (z - np.where(is_front, np.float32(55), np.float32(42))) / np.float32(16)
        return np.asarray(height * np.exp(-np.square(x / np.float32(5)) - np.square(rise)), np.float32)

    def thickness(self, points: Floats) -> Floats:
        """Return the thickness of the bone, in mm."""
        x, y, z = points
        uneven = enlarge(self.unevenness.at(shrink(points, 8)), 8)
        vault = np.float32(self.thickness_mm) * np.clip(1 + np.float32(0.17) * uneven, 0.55, 1.7)
        # The forehead is thick between the brows, where a sinus may lie in it.
        brow = np.square(x / np.float32(26)) + np.square((z - np.float32(44)) / np.float32(15))
        vault += 4 * np.exp(-brow) * np.clip((-50 - y) / np.float32(15), 0, 1)
        # A ridge in the midline, front and back, and a knob at the back.
        midline = np.exp(-np.square(x / np.float32(16))) * (np.abs(y) > 40)
        vault += midline * (np.float32(1.0) + 2.5 * np.exp(-np.square((z - 38) / np.float32(12))) * (y > 0))
        if z.min() > BASE_TOP_MM + 20:
            return np.asarray(vault, np.float32)
        return base_thickness(x, y, z, vault)


def floor_depth(x: Floats, y: Floats, z: Floats) -> Floats:
    """Return how far points lie above the three fossae of the skull's base."""
    side = np.abs(x)
    front = 34 + 11 * np.exp(-np.square((side - 28) / np.float32(14)))
    front += np.square(np.maximum(y + np.float32(16), 0) / np.float32(5.5))
    anterior = (z - front) * np.float32(0.9)
    canal = np.float32(14) - np.hypot(x, y - np.float32(32))
    depths = [anterior, MIDDLE.depth(side, y, z), POSTERIOR.depth(x, y, z), canal]
    return np.asarray(np.maximum.reduce(depths), np.float32)


def base_thickness(x: Floats, y: Floats, z: Floats, vault_mm: Floats) -> Floats:
    """Return the thickness of the bone: thin above the orbits, thick in the petrous bones, ``vault_mm`` elsewhere."""
    side = np.abs(x)
    # The crest of the petrous bone runs from the clivus outwards and backwards.
    across = (y - np.float32(10) - np.float32(0.5) * (side - 15)) * np.float32(0.9)
    petrous = np.exp(-np.square(across / np.float32(11))) * (side > 9) * np.clip((z + 4) / 8, 0, 1)
    is_low = np.clip((BASE_TOP_MM - z) / np.float32(8), 0, 1)
    is_inside = np.clip((np.float32(1.06) - np.hypot(x / 68, y / 85)) / np.float32(0.12), 0, 1)
    thin = np.float32(2.6) + 12 * petrous
    return np.asarray(vault_mm + (thin - vault_mm) * is_low * is_inside, np.float32)


def paint_skull(hu: Floats, room_mm: Floats, thickness_mm: Floats, texture: Floats, missing: Floats) -> None:
    """Paint the bone that is not ``missing`` into ``hu``: two dense tables and the diploe between them."""
    inside = np.minimum(-room_mm, room_mm + thickness_mm)
    within = np.clip(inside / np.maximum(thickness_mm * np.float32(0.28), 0.8), 0, 1)
    bone = TABLE_HU + (DIPLOE_HU - TABLE_HU) * np.square(within) + np.float32(130) * texture
    hu += (bone - hu) * np.clip(inside + np.float32(0.5), 0, 1) * (1 - missing)
