"""A layer of blood on the inner face of the skull: what epidural and subdural haematomas have in common."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.blood.density import Density, visibility
from training.phantoms.ct.blood.stain import COARSE, Stain, coarsen, hub, noise_in, ramp, refine, whole
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import Floats, Slice

PUSH_REACH_MM = 45.0
LEDGE_MM = 5.0
"""Bone that stands out further from the vault than this is no place for a layer."""
AIR_HU, RARITY = -900.0, 2.1
"""Of bubbles: their density, and above which level of noise of deviation 1 they are."""
BEARINGS = 60
"""Directions in which the outline of a slice is looked up."""


def draw_bubbles(rng: np.random.Generator) -> SmoothNoise | None:
    """Draw the air in a layer, where it was operated on."""
    return SmoothNoise.draw(rng, rng.uniform(2.0, 4.0)) if rng.random() < 0.08 else None


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer that is thickest in its middle.

    Attributes
    ----------
    direction_rad
        Where its middle lies, seen from the middle of the slice: from x towards y.
    half_arc_mm, half_height_mm
        How far it reaches along the skull in a slice, and along z.
    middle_mm
        Where its middle lies along z.
    thickness_mm
        In its middle.
    bluntness
        How it ends: 1 a lens, below a crescent that stays thick to its tips.
    skew
        Moves the thickest part along the skull, -0.6 to 0.6.
    unevenness
        Of its thickness, as a share.
    soft_mm
        Width of its inner border.
    crosses_midline
        Whether it may reach to the other side, as beneath the bone but not beneath the dura.
    bubbles
        Where air is in it, after an operation; None mostly.
    """

    direction_rad: float
    half_arc_mm: float
    half_height_mm: float
    middle_mm: float
    thickness_mm: float
    bluntness: float
    skew: float
    unevenness: float
    relief: SmoothNoise
    soft_mm: float
    crosses_midline: bool
    density: Density
    bubbles: SmoothNoise | None = None

    def stain(self, anatomy: Slice) -> Stain | None:
        """Return the layer in a slice."""
        coarse = coarsen(anatomy, COARSE)
        thickness = self._thickness(coarse)
        if thickness is None:
            return None
        full = refine(self._held(coarse, thickness), anatomy.size)
        bounded = np.minimum(full - anatomy.inner_mm, full * np.float32(2) - np.float32(0.3))
        share = ramp(bounded, self.soft_mm) * ramp(anatomy.inner_mm, anatomy.pixel_mm)
        if not share.any():
            return None
        hu = self.density.at(anatomy)
        visible = share * visibility(hu)
        if self.bubbles is not None:
            air = ramp(noise_in(self.bubbles, coarse) - np.float32(RARITY), 0.5)
            hu = hu + (np.float32(AIR_HU) - hu) * refine(air, anatomy.size)
        return Stain(whole(anatomy), share, np.asarray(hu, np.float32), visible)

    def _held(self, coarse: Slice, thickness: Floats) -> Floats:
        """Return the uneven thickness where bone and dura let the layer be: on the vault, on its own side."""
        middle_x, middle_y = hub(coarse) or (0.0, 0.0)
        x, y = coarse.x_mm - np.float32(middle_x), coarse.y_mm - np.float32(middle_y)
        held = thickness * np.clip(1 + np.float32(self.unevenness) * noise_in(self.relief, coarse), 0, 2)
        held *= _faces_outwards(coarse, x, y)
        held *= ramp(thickness + np.float32(LEDGE_MM) - _depth_in_outline(coarse, x, y), 4)
        if not self.crosses_midline:
            held *= np.clip(coarse.x_mm * np.float32(np.sign(math.cos(self.direction_rad)) / 4), 0, 1)
        return np.asarray(held, np.float32)

    def _thickness(self, coarse: Slice) -> Floats | None:
        """Return its even thickness in mm in the direction of each pixel, or None where the slice does not meet it."""
        middle = hub(coarse)
        height = (coarse.z_mm - np.float32(self.middle_mm)) / np.float32(self.half_height_mm)
        if middle is None or np.abs(height).min() >= 1:
            return None
        x, y = coarse.x_mm - np.float32(middle[0]), coarse.y_mm - np.float32(middle[1])
        turn = np.arctan2(y, x) - np.float32(self.direction_rad)
        turn = (turn + np.float32(math.pi)) % np.float32(2 * math.pi) - np.float32(math.pi)
        along = np.clip(turn * np.maximum(np.hypot(x, y), 15) / np.float32(self.half_arc_mm), -1, 1)
        along += np.float32(self.skew) * (1 - np.square(along)) * np.float32(0.5)
        room = np.maximum(1 - np.square(along) - np.square(height), 0)
        thickness = np.float32(self.thickness_mm) * room ** np.float32(self.bluntness)
        return np.asarray(thickness, np.float32)

    def push(self, coarse: Slice) -> tuple[Floats, Floats] | None:
        """Return how the brain gives way: away from the layer, most of all next to it."""
        thickness = self._thickness(coarse)
        middle = hub(coarse)
        if thickness is None or middle is None or thickness.max() < 2:
            return None
        cos, sin = math.cos(self.direction_rad), math.sin(self.direction_rad)
        # All moves towards a point beyond the middle, so that the midline gives way too.
        x = coarse.x_mm - np.float32(middle[0] - 30 * cos)
        y = coarse.y_mm - np.float32(middle[1] - 30 * sin)
        distance = np.maximum(np.hypot(x, y), 1)
        depth = np.maximum(coarse.inner_mm, 0)
        amount = np.float32(0.8) * thickness * np.exp(-np.maximum(depth - thickness, 0) / np.float32(PUSH_REACH_MM))
        amount = np.minimum(amount, depth)
        return np.asarray(-amount * x / distance, np.float32), np.asarray(-amount * y / distance, np.float32)


def _depth_in_outline(coarse: Slice, x: Floats, y: Floats) -> Floats:
    """Return how far pixels lie from the outline of the whole room, seen from its middle, whatever bone is between."""
    radius = np.hypot(x, y)
    bearing = ((np.arctan2(y, x) / np.float32(2 * math.pi) + 1) * BEARINGS).astype(np.intp) % BEARINGS
    outline = np.zeros(BEARINGS, np.float32)
    is_room = coarse.inner_mm > 0
    np.maximum.at(outline, bearing[is_room], radius[is_room])
    return np.asarray(outline[bearing] - radius, np.float32)


def _faces_outwards(coarse: Slice, x: Floats, y: Floats) -> Floats:
    """Return 1 where the nearest wall is the vault, 0 where it is a ridge of the base nearer to the middle."""
    down, right = np.gradient(coarse.inner_mm)
    x_down, x_right = (np.float32(np.diff(coarse.x_mm, axis=axis).mean()) for axis in (0, 1))
    y_down, y_right = (np.float32(np.diff(coarse.y_mm, axis=axis).mean()) for axis in (0, 1))
    # In the picture, the radial direction is found by the transpose: the map from picture to head is a rotation.
    outwards = down * (x * x_down + y * y_down) + right * (x * x_right + y * y_right)
    outwards /= np.maximum(np.hypot(x, y), 15) * np.float32(coarse.pixel_mm**2)
    return np.asarray(np.clip(np.float32(0.5) - 2 * outwards, 0, 1), np.float32)
