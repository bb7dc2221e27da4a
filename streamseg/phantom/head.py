"""Scene: a fetal head in the plane in which its circumference is measured."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.phantom.beams import Beams, Floats, Points
from streamseg.phantom.motion import Drift
from streamseg.phantom.tissue import TISSUE_NEPER, Tissue, facets, ridge, skin_layers, smooth_noise, soft_step


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse in the plane of the scan: centre and half axes (long, short) in mm, turned by ``angle`` in radians."""

    x: float
    z: float
    long: float
    short: float
    angle: float

    def to_local(self, x: Floats, z: Floats) -> Points:
        """Return (u, v) along the long and short axis in units of the half axes: the contour is u² + v² = 1."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        u = (x - self.x) * np.float32(cos / self.long) + (z - self.z) * np.float32(sin / self.long)
        v = (z - self.z) * np.float32(cos / self.short) - (x - self.x) * np.float32(sin / self.short)
        return u, v

    def from_local(self, u: Floats, v: Floats) -> Points:
        """Return (x, z) in mm: the inverse of `to_local`."""
        cos, sin = math.cos(self.angle), math.sin(self.angle)
        x = u * np.float32(cos * self.long) - v * np.float32(sin * self.short) + np.float32(self.x)
        z = u * np.float32(sin * self.long) + v * np.float32(cos * self.short) + np.float32(self.z)
        return x, z


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A skull ellipse with a brain in it, in amniotic fluid, moving gently: the mask is the filled outer contour."""

    tissue: Tissue
    skull: Ellipse
    drift: Drift

    @classmethod
    def draw(cls, rng: np.random.Generator, beams: Beams) -> Head:
        """Draw a head of random size, place, orientation and anatomy that fits into the field of ``beams``."""
        x, z = beams.point(rng.uniform(-0.15, 0.15), rng.uniform(0.46, 0.58))
        long = beams.depth_mm * rng.uniform(0.26, 0.39)
        skull = Ellipse(x, z, long, long * rng.uniform(0.72, 0.84), rng.normal(0, 0.22))
        return cls(_paint(rng, beams, skull), skull, Drift.draw(rng))

    def pose(self, time_s: float) -> Ellipse:
        """Return the skull's outer contour at ``time_s``."""
        reach, scale = 0.1 * self.skull.long, 1 + 0.05 * self.drift.at(time_s, 3)
        return replace(
            self.skull,
            x=self.skull.x + reach * self.drift.at(time_s, 0),
            z=self.skull.z + reach * self.drift.at(time_s, 1) * 0.7,
            angle=self.skull.angle + 0.1 * self.drift.at(time_s, 2),
            long=self.skull.long * scale,
            short=self.skull.short * scale,
        )

    def at_rest(self, x: Floats, z: Floats, time_s: float) -> Points:
        """Return where the tissue at (x, z) lies at rest: rigid within the skull, yielding around it."""
        u, v = self.pose(time_s).to_local(x, z)
        weight = np.clip((1.9 - np.sqrt(u * u + v * v)) * np.float32(1 / 0.85), 0, 1)
        x_rest, z_rest = self.skull.from_local(u, v)
        return x + weight * (x_rest - x), z + weight * (z_rest - z)

    def mask(self, x: Floats, z: Floats, time_s: float) -> NDArray[np.bool_]:
        """Return whether the points lie within the outer contour of the skull."""
        u, v = self.pose(time_s).to_local(x, z)
        return np.asarray(u * u + v * v <= 1, np.bool_)


def _paint(rng: np.random.Generator, beams: Beams, skull: Ellipse) -> Tissue:
    x, z = beams.positions
    u, v = skull.to_local(x, z)
    radius = np.sqrt(u * u + v * v)
    inside = soft_step(1 - radius, 0.01)
    womb, membrane, fluid = _paint_womb(rng, u, radius)
    brain, interfaces = _paint_brain(rng, u, v)
    bone, echo = _paint_skull(rng, beams, skull, (u, v))
    interfaces = interfaces + facets(rng, _facet_places(rng, beams, skull), 0.30)
    diffuse = womb * (1 - inside) + brain * inside + 0.012 * bone
    specular = (membrane + skin_layers(rng, beams)) * (1 - inside) + interfaces * ridge(radius, 0.9) + echo
    # Fetal brain and fluid weaken sound less than the tissue that gain makes up for; bone does so far more.
    relative = -0.6 * fluid * (1 - inside) - 0.35 * inside + rng.uniform(3, 6) * bone
    return Tissue(diffuse, specular, np.float32(TISSUE_NEPER / beams.depth_mm) * relative)


def _paint_womb(rng: np.random.Generator, u: Floats, radius: Floats) -> tuple[Floats, Floats, Floats]:
    """Return diffuse and specular amplitude around the head, and where amniotic fluid is (0 to 1)."""
    level = smooth_noise(rng, (3, 4)) + 0.3 * smooth_noise(rng, (9, 9)) + np.float32(rng.normal(0.3, 0.5))
    level = level + 0.5 * np.abs(u) - 3.5 * np.abs(radius - 1.2)
    fluid = soft_step(level, 0.12)
    uneven = np.clip(0.5 + smooth_noise(rng, (10, 16)), 0, None)
    wall = 0.06 * ridge(level + 0.1, 0.12) * uneven
    patches = 0.7 * smooth_noise(rng, (5, 5)) + 0.45 * smooth_noise(rng, (14, 9)) + 0.35 * smooth_noise(rng, (50, 14))
    strands = 0.05 * np.clip(smooth_noise(rng, (45, 12)) - 1.2, 0, None)
    womb = np.float32(rng.uniform(0.012, 0.03)) * np.exp(patches) + strands
    return womb * (1 - fluid) + np.float32(rng.uniform(0.0006, 0.002)) * fluid, wall, fluid


def _paint_brain(rng: np.random.Generator, u: Floats, v: Floats) -> tuple[Floats, Floats]:
    """Return diffuse and specular amplitude of the brain; ``u`` and ``v`` are in half axes of the skull."""
    u = u * np.float32(rng.choice([-1.0, 1.0]))
    slope, long, short = rng.uniform(0.0, 0.3), rng.uniform(0.28, 0.36), rng.uniform(0.10, 0.15)
    across = v - 0.4 + np.float32(slope) * (u + 0.3)
    ventricle = _oval(u + 0.32, across, (long, short))
    thalami = ridge(_oval(u - 0.08, np.abs(v) - 0.16, (0.2, 0.12)), 1)
    cavum = ridge(_oval(u - 0.42, v, (0.12, 0.06)), 1)
    plexus = ridge(_oval(u + 0.3, across - 0.02, (0.2, 0.08)), 1)
    cortex = ridge(_oval(u, v, (1, 1)) - 0.86, 0.09)
    texture = 0.5 * smooth_noise(rng, (14, 9)) + 0.45 * smooth_noise(rng, (34, 18)) + 0.3 * smooth_noise(rng, (80, 30))
    haze = 1 + 0.5 * soft_step(-v - 0.2, 0.2)
    brain = np.float32(rng.uniform(0.004, 0.009)) * np.exp(texture) * haze
    brain = brain * (1 - 0.65 * cortex) * (1 - 0.45 * thalami) * (1 - 0.8 * cavum) * (1 - 0.75 * ridge(ventricle, 1))
    diffuse = brain + np.float32(rng.uniform(0.02, 0.06)) * plexus

    falx = 0.16 * ridge(v, 0.018) * ridge(u, 0.93) * (1 - ridge(u - 0.42, 0.16))
    falx = falx * soft_step(smooth_noise(rng, (3, 16)) + 0.1, 0.3)
    cavum_walls = 0.2 * ridge(np.abs(v) - 0.07, 0.018) * ridge(u - 0.42, 0.12)
    ventricle_walls = 0.1 * ridge(ventricle - 1, 0.12) * soft_step(np.abs(across) - 0.07, 0.02)
    ventricle_walls = ventricle_walls * soft_step(smooth_noise(rng, (8, 12)) - 0.2, 0.3)
    return diffuse, falx + cavum_walls + ventricle_walls


def _oval(u: NDArray[np.floating[Any]], v: NDArray[np.floating[Any]], half: tuple[float, float]) -> Floats:
    """Return the distance from the middle of an oval of half axes ``half``, 1 on its outline."""
    return np.asarray(np.hypot(u / half[0], v / half[1]), np.float32)


def _paint_skull(rng: np.random.Generator, beams: Beams, skull: Ellipse, local: Points) -> tuple[Floats, Floats]:
    """Return where the bone is (0 to 1) and what it reflects: most where it stands square to the beam."""
    u, v = local
    radius = np.maximum(np.sqrt(u * u + v * v), 1e-3)
    cos, sin = math.cos(skull.angle), math.sin(skull.angle)
    along, down = u / radius / np.float32(skull.long), v / radius / np.float32(skull.short)
    steepness = np.hypot(along, down)
    depth_mm = (1 - radius) / steepness
    thickness = skull.short * rng.uniform(0.04, 0.07) * (1 + 0.3 * smooth_noise(rng, (9, 9)).clip(-1, 1))
    bone = ridge(depth_mm - thickness / 2, thickness / 2)
    beam_x, beam_z = beams.directions
    facing = np.abs((along * cos - down * sin) * beam_x + (along * sin + down * cos) * beam_z) / steepness
    turn = np.arctan2(v, u)
    waves = sum(rng.normal() * np.cos(k * turn + rng.uniform(0, 6.3)) / math.sqrt(k) for k in range(1, 24))
    uneven = np.exp(np.float32(rng.uniform(0.25, 0.5)) * waves)
    for suture in rng.uniform(-math.pi, math.pi, rng.integers(0, 4)):
        uneven = uneven * (1 - 0.97 * ridge(np.sin((turn - np.float32(suture)) / 2), 0.03))
    strength = 0.8 * np.clip(facing ** np.float32(rng.uniform(3, 8)) - 0.015, 0.003, None)
    return bone, (strength * uneven * bone).astype(np.float32)


def _facet_places(rng: np.random.Generator, beams: Beams, skull: Ellipse) -> list[tuple[float, float]]:
    """Return (column, row) of small interfaces in the brain, most of them near the midline."""
    count = int(rng.integers(10, 28))
    u, v = rng.uniform(-0.8, 0.8, count), np.clip(rng.normal(0, 0.35, count), -0.75, 0.75)
    x, z = skull.from_local(u.astype(np.float32), v.astype(np.float32))
    column, row = beams.to_grid(x, z)
    return list(zip(np.ravel(column).tolist(), np.ravel(row).tolist(), strict=True))
