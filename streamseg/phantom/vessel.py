"""Scene: a pulsating artery, cut across, in layered soft tissue."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.phantom.beams import Beams, Floats, Points
from streamseg.phantom.motion import PERIOD_S, Drift
from streamseg.phantom.tissue import TISSUE_NEPER, Tissue, ridge, skin_layers, smooth_noise, soft_step

BEATS = 9
"""Heart beats in a period of the motion: 67 a minute."""


@dataclass(frozen=True, slots=True, eq=False)
class Vessel:
    """A dark lumen, a little flattened, with a bright wall: the mask is the lumen.

    Attributes
    ----------
    x, z
        Centre of the lumen at rest in mm.
    radius_mm
        Half of the lumen's height at rest.
    flattening
        Width of the lumen over its height.
    pulse
        Growth of the radius at the peak of a beat, as a share of it.
    """

    tissue: Tissue
    x: float
    z: float
    radius_mm: float
    flattening: float
    pulse: float
    drift: Drift

    @classmethod
    def draw(cls, rng: np.random.Generator, beams: Beams) -> Vessel:
        """Draw a vessel of random size and place that fits into the field of ``beams``."""
        x, z = beams.point(rng.uniform(-0.35, 0.35), rng.uniform(0.38, 0.6))
        radius = beams.depth_mm * rng.uniform(0.07, 0.12)
        flattening = rng.uniform(1.0, 1.2)
        across = (beams.positions[0] - np.float32(x)) * np.float32(1 / flattening)
        down = beams.positions[1] - np.float32(z)
        tissue = _paint(rng, beams, (across, down), radius)
        return cls(tissue, x, z, radius, flattening, rng.uniform(0.06, 0.12), Drift.draw(rng))

    def pose(self, time_s: float) -> tuple[float, float, float]:
        """Return the centre (x, z) and the radius of the lumen at ``time_s``, in mm."""
        beat = (time_s * BEATS / PERIOD_S) % 1
        # Fast rise and slow fall with a dicrotic notch, as in a carotid artery.
        swell = math.exp(-(((beat - 0.16) / 0.09) ** 2)) + 0.45 * math.exp(-(((beat - 0.46) / 0.16) ** 2))
        reach = 0.2 * self.radius_mm
        x, z = self.x + reach * self.drift.at(time_s, 0), self.z + 0.5 * reach * self.drift.at(time_s, 1)
        return x, z, self.radius_mm * (1 + self.pulse * swell)

    def at_rest(self, x: Floats, z: Floats, time_s: float) -> Points:
        """Return where the tissue at (x, z) lies at rest: the wall pushes the tissue, whose area does not change."""
        centre_x, centre_z, radius = self.pose(time_s)
        across, down = (x - np.float32(centre_x)) * np.float32(1 / self.flattening), z - np.float32(centre_z)
        square = across * across + down * down
        pushed = np.sqrt(np.maximum(1 - (radius**2 - self.radius_mm**2) / np.maximum(square, 1e-3), 0))
        shrink = np.where(square > radius**2, pushed, np.float32(self.radius_mm / radius)).astype(np.float32)
        return across * shrink * np.float32(self.flattening) + np.float32(self.x), down * shrink + np.float32(self.z)

    def mask(self, x: Floats, z: Floats, time_s: float) -> NDArray[np.bool_]:
        """Return whether the points lie within the lumen."""
        centre_x, centre_z, radius = self.pose(time_s)
        across, down = (x - np.float32(centre_x)) * np.float32(1 / self.flattening), z - np.float32(centre_z)
        return np.asarray(across * across + down * down <= radius**2, np.bool_)


def _paint(rng: np.random.Generator, beams: Beams, local: Points, radius: float) -> Tissue:
    across, down = local
    thickness = radius * rng.uniform(0.14, 0.22)
    outwards = np.hypot(across, down) - np.float32(radius)
    lumen = soft_step(-outwards, 0.04 * radius)
    wall = ridge(outwards - thickness / 2, thickness / 2)
    facing = np.abs(across * beams.directions[0] + down * beams.directions[1]) / np.maximum(outwards + radius, 1e-3)
    interfaces = ridge(outwards - 0.02 * radius, 0.035 * radius) + 0.8 * ridge(outwards - thickness, 0.06 * radius)
    layers, fascia = _paint_layers(rng, beams)
    solid = (1 - lumen) * (1 - wall)
    diffuse = layers * solid + np.float32(rng.uniform(0.03, 0.06)) * wall + 0.0008 * lumen
    specular = (fascia + skin_layers(rng, beams)) * solid + 0.5 * soft_step(facing - 0.8, 0.14) * interfaces
    # Blood weakens sound less than the tissue that gain makes up for: what lies behind it is brighter.
    relative = -0.8 * lumen + 0.8 * wall
    return Tissue(diffuse, specular, np.float32(TISSUE_NEPER / beams.depth_mm) * relative)


def _paint_layers(rng: np.random.Generator, beams: Beams) -> tuple[Floats, Floats]:
    """Return diffuse and specular amplitude of skin, fat and muscle, with fascia where one layer ends."""
    down = beams.depths_mm / np.float32(beams.depth_mm) + 0.012 * smooth_noise(rng, (3, 4)) + 0.02 * beams.across
    fibres = 0.45 * smooth_noise(rng, (70, 6)) + 0.3 * smooth_noise(rng, (24, 8)) + 0.3 * smooth_noise(rng, (6, 6))
    layers = np.full(down.shape, rng.uniform(0.02, 0.05), np.float32)
    fascia = np.zeros_like(layers)
    for border in np.cumsum(rng.uniform(0.07, 0.2, 8)):
        below = soft_step(down - np.float32(border), 0.006)
        layers = layers * (1 - below) + np.float32(rng.uniform(0.008, 0.05)) * below
        uneven = np.clip(0.7 + 0.6 * smooth_noise(rng, (2, 9)), 0, None)
        fascia += np.float32(rng.uniform(0.05, 0.3)) * uneven * ridge(down - np.float32(border), 0.006)
    return layers * np.exp(fibres), fascia
