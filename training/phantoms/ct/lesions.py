"""What is not as it should be in a brain, without fresh blood: the dark and the calcified.

References
----------
Kiroglu et al. 2010, "Intracranial calcifications on CT", doi 10.4261/1305-3825.DIR.2626-09.1: pineal gland, choroid
plexus, falx and basal ganglia calcify with age.
Wardlaw, Mielke 2005, "Early signs of brain infarction at CT", doi 10.1148/radiol.2352040262.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.cut import Cut, Patch, Point
from training.phantoms.ct.fluid import LATERAL, TRIGONE, join_tube
from training.phantoms.ct.slice import Floats

PINEAL: Point = (0.0, 32.0, 62.0)
TUBE_HU, PLEXUS_HU = 160.0, 42.0


@dataclass(frozen=True, slots=True)
class DarkPatch:
    """An infarct, a swollen region or an old defect.

    Attributes
    ----------
    density_hu
        That tissue tends to there.
    strength
        How far it goes, 0 to 1.
    edge
        How sharp its border is, 1 (a slope over the whole of it) and up.
    """

    centre_mm: Point
    half_mm: Point
    density_hu: float
    strength: float
    edge: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> DarkPatch:
        """Draw one anywhere in the brain, from a lacune to a whole territory."""
        is_old = rng.random() < 0.35
        size = rng.uniform(2, 6) if rng.random() < 0.35 else rng.uniform(8, 36)
        side = rng.choice([-1.0, 1.0])
        centre = (float(side * rng.uniform(12, 60)), rng.uniform(-65, 75), rng.uniform(20, 120))
        half = tuple(float(size * rng.uniform(0.7, 1.3)) for _ in range(3))
        return cls(
            centre_mm=centre,
            half_mm=(half[0], half[1], half[2]),
            density_hu=rng.uniform(6, 14) if is_old else rng.uniform(14, 24),
            strength=rng.uniform(0.85, 1.0) if is_old else rng.uniform(0.4, 1.0),
            edge=rng.uniform(1.2, 6.0),
        )

    def paint(self, hu: Floats, cut: Cut, texture: Floats) -> None:
        """Darken ``hu``."""
        patch = cut.ellipsoid(self.centre_mm, self.half_mm, soft_mm=float(min(self.half_mm)))
        if patch is None:
            return
        ragged = texture[patch.rows, patch.columns] * np.float32(0.22) + patch.share - np.float32(0.5)
        share = np.clip(ragged * np.float32(self.edge) + np.float32(0.5), 0, 1) * (patch.share > 0)
        share *= np.float32(self.strength)
        Patch(patch.rows, patch.columns, share).paint(hu, self.density_hu)


Spot = tuple[Point, Point, float]


@dataclass(frozen=True, slots=True)
class Lesions:
    """All that one brain has of these.

    Attributes
    ----------
    dark
        Infarcts, oedema, defects.
    small_vessel_hu
        How much darker the white matter around the ventricles is.
    spots
        Centre, half axes and density of calcifications.
    plexus_mm
        Radius of the choroid plexus in the trigones.
    vessel_hu
        Density of the arteries of the base.
    catheter
        (start, end) of a drain; None without.
    """

    dark: tuple[DarkPatch, ...]
    small_vessel_hu: float
    spots: tuple[Spot, ...]
    plexus_mm: float
    vessel_hu: float
    catheter: tuple[Point, Point] | None

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Lesions:
        """Draw the lesions of one head; many have next to none."""
        side = rng.choice([-1.0, 1.0])
        start: Point = (float(side * rng.uniform(18, 34)), rng.uniform(-52, -20), 128.0)
        end: Point = (float(side * rng.uniform(-2, 9)), rng.uniform(-22, 2), rng.uniform(60, 74))
        return cls(
            dark=tuple(DarkPatch.draw(rng) for _ in range(int(rng.poisson(1.0)))),
            small_vessel_hu=rng.uniform(2, 10) if rng.random() < 0.5 else 0.0,
            spots=draw_calcifications(rng),
            plexus_mm=rng.uniform(1.5, 4.0),
            vessel_hu=rng.uniform(36, 58) if rng.random() < 0.95 else rng.uniform(58, 75),
            catheter=(start, end) if rng.random() < 0.06 else None,
        )

    def paint_tissue(self, hu: Floats, cut: Cut, cortex: Floats, texture: Floats) -> None:
        """Paint what changes brain tissue into ``hu``."""
        if self.small_vessel_hu:
            near = np.zeros_like(hu)
            for tube in LATERAL[:5]:
                for side in (-1, 1):
                    join_tube(near, cut, tube, side, 2.4)
            hu -= np.float32(self.small_vessel_hu) * near * (1 - cortex) * np.clip(1 + texture / 2, 0, 1.5)
        for patch in self.dark:
            patch.paint(hu, cut, texture)

    def paint_dense(self, hu: Floats, cut: Cut) -> None:
        """Paint plexus, arteries, calcifications and the drain into ``hu``."""
        for side in (-1, 1):
            x, y, z = TRIGONE
            radius = self.plexus_mm
            patch = cut.ellipsoid((side * x, y, z), (radius, 2.2 * radius, 1.6 * radius), turn_rad=-0.35 * side)
            if patch is not None:
                patch.paint(hu, PLEXUS_HU)
        self._paint_arteries(hu, cut)
        for centre, half, density in self.spots:
            patch = cut.ellipsoid(centre, half)
            if patch is not None:
                patch.paint(hu, density)
        if self.catheter is not None:
            patch = cut.tube(*self.catheter, (1.4, 1.4))
            if patch is not None:
                patch.paint(hu, TUBE_HU)

    def _paint_arteries(self, hu: Floats, cut: Cut) -> None:
        parts = [cut.tube((0.0, 8.0, 14.0), (0.0, 3.0, 42.0), (1.7, 1.8))]
        parts += [cut.tube((s * 11.0, -6.0, 40.0), (s * 11.0, -9.0, 46.0), (2.0, 1.8)) for s in (-1, 1)]
        parts += [cut.tube((s * 11.0, -9.0, 46.0), (s * 35.0, -17.0, 52.0), (1.5, 1.1)) for s in (-1, 1)]
        for part in parts:
            if part is not None:
                part.paint(hu, self.vessel_hu)


def draw_calcifications(rng: np.random.Generator) -> tuple[Spot, ...]:
    """Draw calcifications: frequent in pineal gland and choroid plexus, rare elsewhere."""
    spots: list[Spot] = []
    if rng.random() < 0.7:
        spots.append(draw_spot(rng, PINEAL, (1.0, 3.2)))
    for side in (-1, 1):
        spots += draw_plexus_spots(rng, side)
        if rng.random() < 0.3:
            spots.append(draw_spot(rng, (side * 11.0, -2.0, 38.0), (0.8, 1.8)))  # wall of the carotid artery
    if rng.random() < 0.1:
        spots += [draw_spot(rng, (s * 19.0, -4.0, 62.0), (1.5, 4.5), density_hu=(50.0, 180.0)) for s in (-1, 1)]
    for _ in range(int(rng.poisson(0.3))):
        spots.append(draw_spot(rng, (0.0, rng.uniform(-75, 50), rng.uniform(100, 128)), (1.0, 3.0)))  # on the falx
    if rng.random() < 0.05:
        anywhere = (rng.uniform(-50, 50), rng.uniform(-60, 60), rng.uniform(20, 115))
        spots.append(draw_spot(rng, anywhere, (1.0, 3.0)))
    return tuple(spots)


def draw_plexus_spots(rng: np.random.Generator, side: int) -> list[Spot]:
    """Draw what has calcified of the choroid plexus on one side."""
    x, y, z = TRIGONE
    count = int(rng.integers(1, 4)) if rng.random() < 0.6 else 0
    places = rng.uniform(-5, 6, count)
    return [draw_spot(rng, (side * (x + 0.3 * along), y + along, z - 2), (0.8, 3.0)) for along in places.tolist()]


def draw_spot(
    rng: np.random.Generator,
    centre: Point,
    radius_mm: tuple[float, float],
    *,
    density_hu: tuple[float, float] = (120.0, 900.0),
) -> Spot:
    """Draw one calcification near ``centre``, its radius and density within the limits given."""
    radius = rng.uniform(*radius_mm)
    half = [float(radius * rng.uniform(0.7, 1.4)) for _ in range(3)]
    place = [float(c + rng.normal(0, 1.2)) for c in centre]
    return (place[0], place[1], place[2]), (half[0], half[1], half[2]), rng.uniform(*density_hu)
