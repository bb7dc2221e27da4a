"""What X-rays do on their way through a head that a picture should not show: hardened and starved beams.

References
----------
Brooks, Di Chiro 1976, "Beam hardening in X-ray reconstructive tomography", doi 10.1088/0031-9155/21/3/004: once water
is corrected for, the error grows with the square of the attenuation by bone.
Hsieh 1998, "Adaptive streak artifact reduction in computed tomography resulting from excessive x-ray photon noise", doi
10.1118/1.598410: noise where too few photons arrive.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.phantoms.ct.projection import back_project, project, reconstruct
from training.phantoms.ct.slice import Slice

Floats = NDArray[np.float32]
WATER_PER_MM = 0.0195
"""Attenuation of water at 65 keV, about the mean energy of a scan at 120 kV (NIST XCOM)."""
BONE_HU = 200.0
METAL_HU = 3100.0
"""No bone is as dense as that; what is denser is metal."""
MOST_ATTENUATION = 8.0
COARSE, FINE = (128, 96), (256, 192)
"""Pixels and views of the reconstruction: errors are smooth, but for those of metal."""
SPARSE = 4
"""Every so manieth view will do for what is back-projected unfiltered."""
BONE, METAL = 1, 2
"""Channels of the materials."""


@dataclass(frozen=True, slots=True)
class Beam:
    """How much of each error is left in the picture.

    Attributes
    ----------
    hardening
        Attenuation that is lost, over the square of the attenuation by bone: 0 for a perfect correction.
    rim_hu, rim_mm
        What is left of the cupping right under the skull: how much brighter the brain is there, and how far in.
    cup_hu, cup_mm
        The same of what reaches further in.
    streaks
        Noise of rays that hardly anything is left of, relative to what the picture's grain would have them show.
    metal
        Error of a ray through metal relative to its attenuation by it.
    """

    hardening: float
    rim_hu: float
    rim_mm: float
    cup_hu: float
    cup_mm: float
    streaks: float
    metal: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Beam:
        """Draw a beam: most scanners correct nearly all of the hardening."""
        return cls(
            hardening=min(float(rng.gamma(2.0, 0.008)), 0.04),
            rim_hu=float(rng.gamma(1.2, 2.4)),
            rim_mm=float(rng.uniform(2.0, 9.0)),
            cup_hu=float(rng.gamma(1.3, 1.6)),
            cup_mm=float(rng.uniform(9.0, 30.0)),
            streaks=float(rng.uniform(0.0, 1.2)),
            metal=float(rng.uniform(0.01, 0.05)),
        )

    def cupping(self, inner_mm: Floats) -> Floats:
        """Return how much brighter (H, W) the brain is by its depth below the skull (H, W); 0 outside of it."""
        rim = np.float32(self.rim_hu) * np.exp(np.minimum(-inner_mm / np.float32(self.rim_mm), 0))
        cup = np.float32(self.cup_hu) * np.exp(np.minimum(-inner_mm / np.float32(self.cup_mm), 0))
        return np.asarray((rim + cup) * (inner_mm > 0), np.float32)


def irradiate(rng: np.random.Generator, cut: Slice, beam: Beam, grain_hu: float) -> tuple[Floats, Floats]:
    """Return what the errors of ``beam`` add to the picture, and how its grain grows and shrinks.

    Parameters
    ----------
    grain_hu
        Standard deviation of the noise in the brain.

    Returns
    -------
    error_hu
        (H, W), 0 in the brain on average.
    grain
        (H, W) standard deviation of the noise relative to that in the brain.
    """
    size, views = FINE if cut.hu.max() > METAL_HU else COARSE
    small = np.asarray(cv2.resize(cut.hu, (size, size), interpolation=cv2.INTER_AREA), np.float32)
    per_pixel = np.float32(WATER_PER_MM * cut.pixel_mm * cut.size[0] / size)
    through = project(_materials(small) * per_pixel, views)
    photons_lost = np.exp(np.minimum(through.sum(axis=2), MOST_ATTENUATION))
    variance = back_project(photons_lost[::SPARSE])
    is_brain = cv2.resize(cut.inner_mm, (size, size), interpolation=cv2.INTER_AREA) > 0
    typical = np.median(variance[is_brain] if is_brain.any() else variance)
    excess = np.sqrt(np.maximum(photons_lost / (2.5 * typical) - 1, 0))
    # The factor 0.6: standard deviation of the picture over that of the projections, for the filter that is used.
    grainy = np.float32(beam.streaks * grain_hu / 1000 * 0.6 * math.sqrt(views)) * per_pixel
    error = np.float32(-beam.hardening) * np.square(through[:, :, BONE])
    error += grainy * excess * rng.standard_normal(excess.shape, np.float32)
    if through.shape[2] > METAL:
        error += through[:, :, METAL] * _metal_error(rng, excess.shape, beam.metal)
    error_hu = reconstruct(error) * (np.float32(1000) / per_pixel)
    error_hu -= np.median(error_hu[is_brain] if is_brain.any() else error_hu)
    return _enlarge(error_hu, cut.size) + beam.cupping(cut.inner_mm), _enlarge(np.sqrt(variance / typical), cut.size)


def _metal_error(rng: np.random.Generator, shape: tuple[int, ...], size: float) -> Floats:
    """Return the relative error (views, n) of rays through metal: fine rays, and bands where it is longest to pass."""
    fine = rng.normal(-0.3 * size, size, shape)
    views = np.linspace(0, 2 * np.pi, shape[0], endpoint=False)
    bands = sum(rng.normal(0, size) * np.cos(order * views + rng.uniform(0, 2 * np.pi)) ** 5 for order in (1, 2, 3))
    return (fine + 1.5 * np.asarray(bands)[:, np.newaxis]).astype(np.float32)


def _materials(hu: Floats) -> Floats:
    """Split densities into water, bone and, where there is any, metal: (n, n, 2 or 3), each relative to water."""
    density = 1 + np.clip(hu, -1000, METAL_HU) / 1000
    bone = np.where(hu > BONE_HU, density - 1, np.float32(0))
    parts = [density - bone, bone]
    if hu.max() > METAL_HU:
        parts.append(np.maximum(hu - np.float32(METAL_HU), 0) / 1000)
    return np.asarray(np.dstack(parts), np.float32)


def _enlarge(small: Floats, size: tuple[int, int]) -> Floats:
    return np.asarray(cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC), np.float32)
