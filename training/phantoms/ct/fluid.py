"""Cerebrospinal fluid: ventricles, cisterns, fissures and sulci."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.cut import Cut, Patch, Point, soft_step
from training.phantoms.ct.slice import Floats

Tube = tuple[Point, Point, tuple[float, float], Point]
MONRO: Point = (4.5, -6.0, 71.0)
TRIGONE: Point = (24.0, 38.0, 70.0)
LATERAL: tuple[Tube, ...] = (
    ((13.0, -35.0, 67.0), MONRO, (3.2, 3.2), (1.0, 1.0, 1.7)),  # frontal horn
    ((7.0, -28.0, 80.0), (12.0, 14.0, 83.0), (3.6, 4.2), (1.3, 1.0, 1.2)),  # body, up against the corpus callosum
    (MONRO, (12.0, 14.0, 82.0), (2.4, 3.6), (1.0, 1.0, 1.2)),
    ((12.0, 14.0, 82.0), TRIGONE, (4.2, 6.0), (1.0, 1.0, 1.4)),
    (TRIGONE, (23.0, 66.0, 65.0), (5.2, 1.4), (0.9, 1.0, 1.6)),  # occipital horn
    (TRIGONE, (35.0, 16.0, 47.0), (4.2, 1.6), (1.0, 1.0, 1.0)),  # temporal horn
    ((35.0, 16.0, 47.0), (30.0, -9.0, 42.0), (1.6, 1.8), (1.3, 1.0, 1.0)),
)
"""Start, end, radii and stretch of the parts of the lateral ventricle on the right of the picture."""
SYLVIAN: tuple[Tube, ...] = (
    ((10.0, -12.0, 46.0), (36.0, -17.0, 52.0), (2.0, 1.6), (1.0, 1.0, 1.4)),  # stem
    ((37.0, -20.0, 57.0), (40.5, -2.0, 61.0), (1.3, 1.5), (0.8, 1.0, 6.0)),  # over the front of the insula
    ((40.5, -2.0, 61.0), (37.5, 14.0, 67.0), (1.5, 0.9), (0.8, 1.0, 6.0)),
    ((39.5, -6.0, 60.0), (64.0, -15.0, 56.0), (1.1, 2.6), (1.0, 0.9, 4.0)),  # between the opercula
    ((38.0, 13.0, 67.0), (62.0, 27.0, 79.0), (0.7, 1.4), (1.0, 0.9, 2.5)),
    ((37.0, -20.0, 57.0), (55.0, -34.0, 57.0), (0.7, 1.1), (1.0, 1.0, 2.0)),
)
CISTERNS: tuple[tuple[Point, Point], ...] = (
    ((0.0, -6.0, 44.0), (8.0, 7.0, 6.0)),  # suprasellar
    ((0.0, 20.5, 49.0), (17.0, 14.5, 10.0)),  # around the midbrain, widest behind it
    ((0.0, 35.0, 55.0), (9.0, 4.5, 8.0)),  # quadrigeminal
    ((0.0, 17.0, 28.0), (18.5, 14.5, 15.0)),  # before and beside the pons
    ((0.0, 62.0, 4.0), (12.0, 8.0, 9.0)),  # magna
)
STAR: tuple[tuple[Point, Point, tuple[float, float]], ...] = (
    ((0.0, -8.0, 44.0), (0.0, -24.0, 46.0), (3.0, 1.2)),
    ((4.0, -8.0, 44.0), (14.0, -13.0, 46.0), (3.2, 1.8)),
    ((4.0, -3.0, 44.0), (15.0, 6.0, 46.0), (3.0, 1.2)),
    ((0.0, -4.0, 44.0), (0.0, 6.0, 47.0), (3.5, 2.6)),
)
"""The arms of the suprasellar cistern, on the right of the picture."""


@dataclass(frozen=True, slots=True)
class FluidSpaces:
    """How wide the spaces for fluid are in one head.

    Attributes
    ----------
    density_hu
        Of the fluid.
    ventricle_scales
        Of the left and the right of the picture, 1 in a middle-aged adult.
    third_mm
        Half width of the third ventricle.
    cistern_scale, sylvian_scale
        1 in a middle-aged adult.
    sulcus_mm
        Half width of a sulcus; below zero most are closed.
    rim_mm
        Width of the space between brain and skull.
    cleft_mm
        Half width of the cleft between the hemispheres.
    reach_mm
        How deep sulci reach.
    """

    density_hu: float
    ventricle_scales: tuple[float, float]
    third_mm: float
    cistern_scale: float
    sylvian_scales: tuple[float, float]
    sulcus_mm: float
    rim_mm: float
    cleft_mm: float
    reach_mm: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> FluidSpaces:
        """Draw the spaces of a young, old, swollen or hydrocephalic head."""
        age = rng.beta(2.3, 1.2)
        swelling = rng.uniform(0.3, 1.0) if rng.random() < 0.12 else 0.0
        dilation = rng.uniform(0.4, 1.6) if rng.random() < 0.12 else 0.0
        size = (0.75 + 0.95 * age + rng.normal(0, 0.14)) * (1 - 0.6 * swelling) + dilation
        sides = [float(max(0.25, size * np.exp(rng.normal(0, 0.12)))) for _ in range(2)]
        fissures = [float(max(0.2, (0.4 + age) * np.exp(rng.normal(0, 0.25)) - swelling)) for _ in range(2)]
        open_mm = (-0.35 + 1.35 * age + rng.normal(0, 0.15)) * (1 - swelling) - 0.5 * swelling
        return cls(
            density_hu=rng.uniform(2, 11),
            ventricle_scales=(sides[0], sides[1]),
            third_mm=0.8 + 2.0 * size,
            cistern_scale=(0.85 + 0.3 * age) * (1 - 0.3 * swelling),
            sylvian_scales=(fissures[0], fissures[1]),
            sulcus_mm=float(open_mm - 0.3 * dilation),
            rim_mm=float(max(0.3, 0.4 + 2.2 * age**2 - swelling)),
            cleft_mm=float(max(0.2, 0.2 + 1.3 * age**1.5 + rng.normal(0, 0.2) - swelling)),
            reach_mm=rng.uniform(13, 24),
        )

    def ventricles(self, cut: Cut) -> Floats:
        """Return the share of ventricular fluid."""
        share = np.zeros(cut.x.shape, np.float32)
        for side, scale in zip((-1, 1), self.ventricle_scales, strict=True):
            for tube in LATERAL:
                join_tube(share, cut, tube, side, scale)
        parts = [
            cut.ellipsoid((0.0, 5.0, 60.0), (self.third_mm, 13.0, 10.0)),
            cut.tube((0.0, 18.0, 54.0), (0.0, 30.0, 38.0), (0.6, 0.8)),
            cut.ellipsoid((0.0, 36.0, 27.0), (6.0, 4.5, 12.0)),
        ]
        for part in parts:
            if part is not None:
                part.join(share)
        return share

    def cisterns(self, cut: Cut) -> Floats:
        """Return the share of fluid in the cisterns of the base and in the Sylvian fissures."""
        share = np.zeros(cut.x.shape, np.float32)
        for centre, (x, y, z) in CISTERNS:
            patch = cut.ellipsoid(centre, (x * self.cistern_scale, y * self.cistern_scale, z))
            if patch is not None:
                patch.join(share)
        for start, end, radii in STAR:
            for side in (-1, 1):
                join_tube(share, cut, (start, end, radii, (1.0, 1.0, 1.0)), side, self.cistern_scale)
        return share

    def fissures(self, cut: Cut, share: Floats) -> None:
        """Join the Sylvian fissures to ``share``."""
        for side, scale in zip((-1, 1), self.sylvian_scales, strict=True):
            for tube in SYLVIAN:
                join_tube(share, cut, tube, side, scale)


def join_tube(share: Floats, cut: Cut, tube: Tube, side: int, scale: float) -> None:
    """Join a tube of the right of the picture, or its mirror image, to ``share``; its radii are scaled."""
    start, end, radii, stretch = tube
    patch: Patch | None = cut.tube(
        (side * start[0], *start[1:]),
        (side * end[0], *end[1:]),
        (radii[0] * scale, radii[1] * scale),
        stretch=stretch,
    )
    if patch is not None:
        patch.join(share)


def sulci(folds_mm: Floats, room_mm: Floats, reach_mm: Floats, half_width_mm: Floats) -> Floats:
    """Return the share of fluid in sulci: narrow sheets that run from the surface inwards."""
    width = half_width_mm * np.clip((reach_mm - room_mm) / np.float32(6), 0, 1)
    closed = np.clip((reach_mm - room_mm) / np.float32(3), 0, 1)
    return np.asarray(soft_step(width - folds_mm, 1.0) * closed, np.float32)
