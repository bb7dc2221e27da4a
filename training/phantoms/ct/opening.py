"""What injuries and operations leave on a skull: swellings, openings, collections of old fluid, air.

References
----------
Lee et al. 1997, "The computed tomographic attenuation and the age of subdural hematomas", doi
10.3346/jkms.1997.12.4.353: old ones are as dense as fluid to brain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from training.phantoms.ct.skull import EQUATOR_MM
from training.phantoms.ct.slice import Floats

Direction = tuple[float, float, float]
BUBBLE = 1.5
"""Noise of deviation 1 is higher than this in bubbles."""


def draw_direction(rng: np.random.Generator) -> Direction:
    """Draw a direction from the middle of the head to somewhere on its vault."""
    around, up = rng.uniform(0, 2 * math.pi), rng.uniform(-0.1, 0.9)
    level = math.sqrt(1 - up**2)
    return level * math.cos(around), level * math.sin(around), up


def angle_from(points: Floats, direction: Direction) -> Floats:
    """Return the angle in rad between ``direction`` and (h, w) points (3, h, w), seen from the middle of the head."""
    x, y, z = points[0], points[1], points[2] - np.float32(EQUATOR_MM)
    along = x * np.float32(direction[0]) + y * np.float32(direction[1]) + z * np.float32(direction[2])
    reach = np.maximum(np.sqrt(x * x + y * y + z * z), np.float32(1))
    return np.asarray(np.arccos(np.clip(along / reach, -1, 1)), np.float32)


@dataclass(frozen=True, slots=True)
class Swelling:
    """A swollen place of the scalp, with or without blood in it."""

    direction: Direction
    radius_rad: float
    thickness_mm: float

    def thickness(self, points: Floats) -> Floats:
        """Return how much thicker the scalp is."""
        reach = angle_from(points, self.direction) / np.float32(self.radius_rad)
        return np.asarray(np.float32(self.thickness_mm) * np.clip(1 - np.square(reach), 0, 1), np.float32)


@dataclass(frozen=True, slots=True)
class Opening:
    """Where bone was sawn out.

    Attributes
    ----------
    gap_mm
        Width of the cut around the bone that was put back; None where it was left out.
    bulge_mm
        How far the brain pushes through; negative where it sank in.
    has_air
        Whether bubbles are left below and above it.
    """

    direction: Direction
    radius_rad: float
    gap_mm: float | None
    bulge_mm: float
    has_air: bool

    def missing(self, points: Floats) -> Floats:
        """Return the share of bone that is gone."""
        inside = (np.float32(self.radius_rad) - angle_from(points, self.direction)) * np.float32(75)
        if self.gap_mm is None:
            return np.asarray(np.clip(inside + np.float32(0.5), 0, 1), np.float32)
        return np.asarray(np.clip(np.float32(self.gap_mm / 2 + 0.5) - np.abs(inside), 0, 1), np.float32)

    def bulge(self, points: Floats) -> Floats:
        """Return how far the brain reaches outwards of where it used to end."""
        reach = angle_from(points, self.direction) / np.float32(self.radius_rad)
        return np.asarray(np.float32(self.bulge_mm) * np.sqrt(np.clip(1 - np.square(reach), 0, 1)), np.float32)

    def bubbles(self, points: Floats, wall_mm: Floats, texture: Floats) -> Floats:
        """Return the share of air in bubbles, which lie where ``texture`` is highest."""
        near = np.clip((np.float32(1.15 * self.radius_rad) - angle_from(points, self.direction)) * 20, 0, 1)
        near *= np.clip((10 - np.abs(wall_mm + 3)) / 3, 0, 1)
        return np.asarray(np.clip((texture - BUBBLE) * 4, 0, 1) * near, np.float32)


@dataclass(frozen=True, slots=True)
class Collection:
    """Old fluid or air between skull and brain: an old subdural haematoma, a hygroma, air after an operation."""

    direction: Direction
    radius_rad: float
    thickness_mm: float
    density_hu: float

    def thickness(self, points: Floats) -> Floats:
        """Return how far it keeps the brain from the bone."""
        reach = angle_from(points, self.direction) / np.float32(self.radius_rad)
        across = np.clip(np.abs(points[0]) / np.float32(4), 0, 1)
        is_over = np.clip((points[2] - np.float32(40)) / 8, 0, 1)
        return np.asarray(
            self.thickness_mm * np.sqrt(np.clip(1 - np.square(reach), 0, 1)) * across * is_over, np.float32
        )


@dataclass(frozen=True, slots=True)
class Damage:
    """All that one head has of these."""

    swellings: tuple[Swelling, ...]
    swelling_hu: float
    opening: Opening | None
    collections: tuple[Collection, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Damage:
        """Draw the damage of one head; most have none."""
        opening = draw_opening(rng) if rng.random() < 0.12 else None
        swellings = [draw_swelling(rng) for _ in range(int(rng.poisson(0.4)))]
        if opening is not None and rng.random() < 0.8:
            swellings.append(Swelling(opening.direction, opening.radius_rad * 1.3, rng.uniform(3, 14)))
        collections = [draw_collection(rng, None) for _ in range(int(rng.poisson(0.08)))]
        if opening is not None and rng.random() < 0.5:
            collections.append(draw_collection(rng, opening))
        return cls(tuple(swellings), rng.uniform(30, 72), opening, tuple(collections))


def draw_swelling(rng: np.random.Generator) -> Swelling:
    """Draw a bump of the scalp."""
    return Swelling(draw_direction(rng), rng.uniform(0.25, 0.9), rng.uniform(2, 13))


def draw_opening(rng: np.random.Generator) -> Opening:
    """Draw an opening of the skull: half of them with the bone put back, a few mere burr holes."""
    has_air = bool(rng.random() < 0.4)
    if rng.random() < 0.25:
        return Opening(draw_direction(rng), rng.uniform(0.06, 0.1), None, 0.0, has_air)
    radius = rng.uniform(0.3, 0.8)
    if rng.random() < 0.5:
        return Opening(draw_direction(rng), radius, rng.uniform(1, 4), 0.0, has_air)
    return Opening(draw_direction(rng), radius, None, rng.uniform(-6, 11), has_air)


def draw_collection(rng: np.random.Generator, opening: Opening | None) -> Collection:
    """Draw old fluid over one side of the brain; under an ``opening``, often air."""
    if opening is not None:
        density = -1000.0 if rng.random() < 0.6 else rng.uniform(8, 32)
        return Collection(opening.direction, opening.radius_rad * rng.uniform(0.4, 1.1), rng.uniform(1.5, 9), density)
    direction = (float(rng.choice([-1.0, 1.0])), rng.uniform(-0.6, 0.4), rng.uniform(0, 0.4))
    length = math.sqrt(sum(d * d for d in direction))
    unit = (direction[0] / length, direction[1] / length, direction[2] / length)
    return Collection(unit, rng.uniform(0.7, 1.3), rng.uniform(3, 16), rng.uniform(6, 36))
