"""Subarachnoid blood: in sulci, Sylvian fissures, cisterns and between the hemispheres.

References
----------
Fisher, Kistler, Davis 1980, "Relation of cerebral vasospasm to subarachnoid hemorrhage visualized by computerized
tomographic scanning", doi 10.1227/00006123-198001000-00001: diffuse or in layers of less or more than 1 mm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from training.phantoms.ct.blood.aim import HALF_MM, Aim
from training.phantoms.ct.blood.density import SERUM_HU, Density, visibility
from training.phantoms.ct.blood.stain import COARSE, Stain, Unmoving, coarsen, hub, noise_in, ramp, refine, whole
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import FAR_MM, Floats, Slice

Point = tuple[float, float, float]
LINE_HU = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Film(Unmoving):
    """Blood in the fluid around the brain, in one region.

    Attributes
    ----------
    centre_mm, half_mm
        Of the region (x, y, z).
    filling
        Share of blood in the fluid where the region is full.
    widening_mm
        How much wider than the fluid seen before the blood in it is.
    folds, fold_mm, reach_mm
        Sulci too narrow to be seen before: their course, their half width (0 for none), and how deep they reach.
    bend_mm, rim_mm
        How crooked they are, and the thickness of the blood on the gyri between them.
    cleft_mm
        Half width of the blood between the hemispheres; 0 for none.
    """

    centre_mm: Point
    half_mm: Point
    filling: float
    widening_mm: float
    patches: SmoothNoise
    folds: SmoothNoise
    fold_mm: float
    reach_mm: float
    bend_mm: float
    rim_mm: float
    cleft_mm: float
    density: Density

    def stain(self, anatomy: Slice) -> Stain | None:
        """Return the blood in a slice."""
        coarse = coarsen(anatomy, COARSE)
        region = self._region(coarse)
        if not region.any():
            return None
        region = refine(region, anatomy.size)
        spaces = self._spaces(anatomy, coarse)
        share = spaces * region * ramp(anatomy.inner_mm, anatomy.pixel_mm)
        if not share.any():
            return None
        hu = self.density.at(anatomy)
        share = np.asarray(share * np.float32(self.filling), np.float32)
        # Thin lines must be denser than a clot to be seen.
        seen = visibility(np.asarray(hu * self.filling + SERUM_HU * (1 - self.filling) - LINE_HU, np.float32))
        return Stain(whole(anatomy), share, hu, np.asarray(np.clip(share * 1.5, 0, 1) * seen, np.float32))

    def _region(self, coarse: Slice) -> Floats:
        """Return how much of the fluid here holds blood, 0 to 1."""
        x, y, z = self.centre_mm
        half_x, half_y, half_z = self.half_mm
        squares = np.square((coarse.x_mm - np.float32(x)) / np.float32(half_x))
        squares += np.square((coarse.y_mm - np.float32(y)) / np.float32(half_y))
        squares += np.square((coarse.z_mm - np.float32(z)) / np.float32(half_z))
        if squares.min() > 2:
            return np.zeros(coarse.size, np.float32)
        return ramp(1 - np.sqrt(squares) + np.float32(0.22) * noise_in(self.patches, coarse), 0.4)

    def _spaces(self, anatomy: Slice, coarse: Slice) -> Floats:
        """Return where there is room for the blood, 0 to 1."""
        spaces = anatomy.fluid
        if self.widening_mm:
            wide = cv2.GaussianBlur(spaces, (0, 0), self.widening_mm / anatomy.pixel_mm)
            spaces = np.asarray(np.clip(wide * np.float32(2.2), 0, 1), np.float32)
        if self.fold_mm:
            spaces = np.maximum(spaces, self._narrow_sulci(anatomy, coarse))
        if self.cleft_mm and anatomy.falx_mm.min() < FAR_MM / 2:
            spaces = np.maximum(spaces, ramp(np.float32(self.cleft_mm) - anatomy.falx_mm, 0.8))
        return np.asarray(spaces, np.float32)

    def _narrow_sulci(self, anatomy: Slice, coarse: Slice) -> Floats:
        """Return lines that run from the surface inwards, as sulci do: where noise stretched along depth is 0."""
        middle = hub(coarse)
        if middle is None:
            return np.zeros(anatomy.size, np.float32)
        fine = coarsen(anatomy, 2)
        x, y = fine.x_mm - np.float32(middle[0]), fine.y_mm - np.float32(middle[1])
        radius = np.maximum(np.hypot(x, y), 5)
        depth = np.maximum(fine.inner_mm, 0)
        # Points are moved out to one radius, but for a share of their depth: along it the noise hardly changes.
        outer = (radius + depth * np.float32(0.6)) / radius
        bend = refine(np.float32(0.3 * self.bend_mm) * noise_in(self.patches, coarse), fine.size) * np.sqrt(depth)
        folds = self.folds.at(np.stack([x * outer + bend, y * outer - bend, fine.z_mm]))
        down, right = np.gradient(folds)
        slope = np.maximum(np.hypot(down, right), np.float32(0.1 * fine.pixel_mm / self.folds.cell_mm)) / fine.pixel_mm
        width = np.float32(self.fold_mm) * np.clip((np.float32(self.reach_mm) - depth) / 5, 0, 1)
        lines = ramp(np.asarray(width - np.abs(folds) / slope, np.float32), 0.9) * (width > 0.15)
        rim = ramp(np.float32(self.rim_mm) - depth, 0.9) * (self.rim_mm > 0)
        return refine(np.maximum(lines, rim), anatomy.size)


def draw_convexity(rng: np.random.Generator, aim: Aim) -> Film:
    """Draw blood in the sulci of one region of the convexity that the slice meets."""

    def draw() -> tuple[float, float]:
        bearing, reach = rng.uniform(0, 2 * math.pi), rng.uniform(0.55, 0.95)
        return HALF_MM[0] * reach * math.cos(bearing), HALF_MM[1] * reach * math.sin(bearing)

    size_mm = float(np.clip(rng.lognormal(math.log(19), 0.5), 6, 55))
    x_mm, y_mm, z_mm = aim.place(draw)
    centre = (x_mm, y_mm, z_mm + size_mm * rng.uniform(-0.4, 0.4))
    return _draw_film(rng, centre, (size_mm, size_mm * rng.uniform(0.8, 1.4), size_mm), folded=True)


def draw_cisternal(rng: np.random.Generator, aim: Aim) -> Film:
    """Draw blood in the basal cisterns and Sylvian fissures, on one side mostly, that the slice meets."""
    size_mm = rng.uniform(18, 60)
    x_mm, y_mm, z_mm = aim.place(lambda: (float(rng.normal(0, 16)), float(rng.normal(-4, 12))))
    centre = (x_mm, y_mm, z_mm + rng.uniform(-10, 10))
    return _draw_film(rng, centre, (size_mm * 1.2, size_mm, size_mm * 0.7), folded=rng.random() < 0.5)


def draw_interhemispheric(rng: np.random.Generator, aim: Aim) -> Film:
    """Draw blood between the hemispheres, in front or behind, that the slice meets."""
    y_mm = rng.uniform(-70, -25) if rng.random() < 0.6 else rng.uniform(20, 70)
    half = (rng.uniform(6, 16), rng.uniform(12, 40), rng.uniform(14, 35))
    centre = (0.0, y_mm, aim.z_at(0, y_mm) + rng.uniform(-8, 8))
    return _draw_film(rng, centre, half, folded=rng.random() < 0.4, cleft=True)


def _draw_film(
    rng: np.random.Generator, centre_mm: Point, half_mm: Point, *, folded: bool, cleft: bool = False
) -> Film:
    """Draw how full a region is, and of what."""
    return Film(
        centre_mm=centre_mm,
        half_mm=half_mm,
        filling=rng.uniform(0.8, 1.0),
        widening_mm=rng.uniform(0.5, 1.1),
        patches=SmoothNoise.draw(rng, rng.uniform(5, 12)),
        folds=SmoothNoise.draw(rng, rng.uniform(5.5, 8.5)),
        fold_mm=rng.uniform(0.6, 1.9) if folded else 0.0,
        reach_mm=rng.uniform(8, 24),
        bend_mm=rng.uniform(1, 6),
        rim_mm=rng.uniform(0.6, 2.0) if rng.random() < 0.45 else 0.0,
        cleft_mm=rng.uniform(0.7, 2.4) if cleft else 0.0,
        density=Density.draw(rng, faint_share=0.25),
    )
