"""The form of one head: how it departs from the standard head, and where a slice lies in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.phantoms.ct.cut import BEND_MM, BLOCK, STANDARD_MM, Cut
from training.phantoms.ct.noise import SmoothNoise, enlarge, shrink
from training.phantoms.ct.opening import Damage
from training.phantoms.ct.scalp import Scalp
from training.phantoms.ct.skull import EQUATOR_MM, Skull
from training.phantoms.ct.slice import Floats
from training.phantoms.ct.view import View

NOSE_MM, NOSE_TOP_MM = 26.0, 60.0
"""Nose and ears stick out by less than this, below this level."""
FOLD_STEP = 2
"""A head's form is computed at every second pixel; sulci are followed at every second of these."""


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """Where the layers of a head lie in the part of a slice that shows it; (h, w) each, in mm.

    Attributes
    ----------
    window
        Rows and columns of the slice.
    cut
        The pixels in the standard head.
    wall, room
        Depth inside the vault, and inside the room for the brain, which the base bounds too.
    bone, muscle, swelling
        Thickness of the skull, of the temporal muscle and of a swelling over it.
    missing
        Share of the bone that is gone, 0 to 1.
    collections
        Thickness of each collection between skull and brain.
    folds
        Distance from the middle of the nearest sulcus.
    texture
        Noise of deviation 1, for whatever is uneven.
    bubbles
        Share of air that an operation left; None without.
    """

    window: tuple[slice, slice]
    cut: Cut
    wall: Floats
    room: Floats
    bone: Floats
    muscle: Floats
    swelling: Floats
    missing: Floats
    collections: tuple[Floats, ...]
    folds: Floats
    texture: Floats
    bubbles: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The form of one head.

    Attributes
    ----------
    half_width_mm, half_length_mm, height_mm
        Extent of the room inside the skull; the height from the foramen magnum to the vertex.
    lean_mm
        How far the middle of the brain is pushed to the right of the picture.
    dents
        Departures of the vault from its mean form.
    bends
        Departures of all anatomy from its mean place, along each axis.
    folds
        Is 0 where sulci are.
    """

    half_width_mm: float
    half_length_mm: float
    height_mm: float
    lean_mm: float
    skull: Skull
    scalp: Scalp
    damage: Damage
    dents: SmoothNoise
    bends: tuple[SmoothNoise, SmoothNoise, SmoothNoise]
    folds: SmoothNoise
    texture: SmoothNoise

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Form:
        """Draw an adult's head."""
        width = rng.normal(67.5, 3.5)
        return cls(
            half_width_mm=float(width),
            half_length_mm=float(np.clip(width / rng.normal(0.8, 0.05), 75, 97)),
            height_mm=float(np.clip(rng.normal(133, 5), 120, 146)),
            lean_mm=float(rng.normal(0, 1) if rng.random() < 0.9 else rng.normal(0, 5)),
            skull=Skull.draw(rng),
            scalp=Scalp.draw(rng),
            damage=Damage.draw(rng),
            dents=SmoothNoise.draw(rng, 38.0),
            bends=(SmoothNoise.draw(rng, 15.0), SmoothNoise.draw(rng, 15.0), SmoothNoise.draw(rng, 15.0)),
            folds=SmoothNoise.draw(rng, rng.uniform(5.0, 8.0)),
            texture=SmoothNoise.draw(rng, 9.0),
        )

    def layers(self, view: View, size: int) -> Layers:
        """Return where everything lies in the slice (size, size) that ``view`` shows."""
        extent = np.array([self.half_width_mm, self.half_length_mm, self.height_mm], np.float32)
        stretch = np.array(STANDARD_MM, np.float32) / extent
        points = np.asarray(view.points(size // 2) * stretch[:, np.newaxis, np.newaxis], np.float32)
        wall, out = self._vault(points)
        thicknesses = np.stack(self._thicknesses(points))
        depth = wall + thicknesses.sum(axis=0) + np.float32(self.scalp.thickness_mm)
        window = _window_of(depth > (-NOSE_MM if points[2].min() < NOSE_TOP_MM else -2.0))
        rows, columns = window
        points, thicknesses = np.ascontiguousarray(points[:, rows, columns]), thicknesses[:, rows, columns]
        bone, muscle, swelling = thicknesses
        wall, out = wall[window], out[window]
        bent = points + np.stack([enlarge(bend, 8) for bend in self._bends(shrink(points, 8))])
        opening, crest = self.damage.opening, self.skull.crest(bent)
        texture = enlarge(self.texture.at(shrink(bent, 2)), 2)
        missing = np.zeros_like(wall) if opening is None else opening.missing(points)
        bubbles = opening.bubbles(points, wall, texture) if opening is not None and opening.has_air else None
        x, y, z = (enlarge(axis, 2) for axis in bent)
        return Layers(
            window=(slice(2 * rows.start, 2 * rows.stop), slice(2 * columns.start, 2 * columns.stop)),
            cut=Cut(x, y, z, shrink(bent, BLOCK // 2), view.field_mm / size),
            wall=enlarge(wall, 2),
            room=enlarge(self.skull.room(bent, wall) - crest, 2),
            bone=enlarge(bone + crest, 2),
            muscle=enlarge(muscle, 2),
            swelling=enlarge(swelling, 2),
            missing=enlarge(missing, 2),
            collections=tuple(enlarge(one.thickness(points), 2) for one in self.damage.collections),
            folds=self._folds(points, out, view.field_mm / size),
            texture=enlarge(texture, 2),
            bubbles=None if bubbles is None else enlarge(bubbles, 2),
        )

    def _vault(self, points: Floats) -> tuple[Floats, Floats]:
        """Return `Skull.wall` of this head, with its dents and the bulge through an opening."""
        wall, out = self.skull.wall(points)
        wall += enlarge(np.float32(1.4) * self.dents.at(shrink(points, 8)), 8)
        if self.damage.opening is not None:
            wall += self.damage.opening.bulge(points)
        return wall, out

    def _thicknesses(self, points: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the thickness of bone, muscle and swelling."""
        bone = self.skull.thickness(points)
        swelling = sum((swelling.thickness(points) for swelling in self.damage.swellings), np.zeros_like(bone))
        return bone, self.scalp.muscle(points), swelling

    def _bends(self, points: Floats) -> list[Floats]:
        """Return by how much anatomy is displaced along each axis."""
        x, y, z = points
        bends = [np.clip(bend.at(points) * np.float32(1.5), -BEND_MM, BEND_MM) for bend in self.bends]
        # A push leaves the surface of the brain where it is.
        inner = np.square(x / 60) + np.square(y / 80) + np.square((z - np.float32(EQUATOR_MM)) / 75)
        bends[0] -= np.float32(self.lean_mm) * np.clip(1 - inner, 0, 1)
        return bends

    def _folds(self, points: Floats, out: Floats, pixel_mm: float) -> Floats:
        """Return the distance from the middle of the nearest sulcus.

        Sulci are where smooth noise is 0. It is stretched along rays from the middle of the head, so that sulci run
        inwards from the surface.
        """
        centre = np.array([0, 0, EQUATOR_MM], np.float32)[:, np.newaxis, np.newaxis]
        # Over the crown most of them run from side to side.
        lengths = np.array([0.62, 1, 1], np.float32)[:, np.newaxis, np.newaxis]
        stretched = (points - centre) * lengths * np.clip(out, 0.2, 1.2) ** np.float32(-0.65)
        noise = self.folds.at(shrink(stretched, FOLD_STEP))
        down, across = np.gradient(noise, np.float32(2 * FOLD_STEP * pixel_mm))
        slope = enlarge(np.hypot(down, across), 2 * FOLD_STEP)
        return np.asarray(np.abs(enlarge(noise, 2 * FOLD_STEP)) / np.maximum(slope, np.float32(0.07)), np.float32)


def _window_of(is_head: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns that hold all of ``is_head``, in whole blocks."""
    sides = []
    for axis in (1, 0):
        filled = np.flatnonzero(is_head.any(axis=axis))
        first, last = (int(filled[0]), int(filled[-1]) + 1) if filled.size else (0, 1)
        sides.append(slice(first // BLOCK * BLOCK, -(-last // BLOCK) * BLOCK))
    return sides[0], sides[1]
