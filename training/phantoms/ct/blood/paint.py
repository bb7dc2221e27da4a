"""Blood painted into a slice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from training.phantoms.ct.blood.mass_effect import push
from training.phantoms.ct.blood.stain import Bleed, Stain, ramp
from training.phantoms.ct.slice import Floats, Slice

OEDEMA_HU = 17.0
PLANES = 3
"""So many planes stand for a slice that has a thickness."""
GRAIN_GAIN, MOST_GRAIN_HU = 1.2, 14.0
"""Of the noise that is kept under blood in scanned slices: what the filter loses of it, and how far it reaches."""
SCAN_BLUR_MM, HAND_MM = 0.45, 0.7
"""Of a scanned slice's borders, and of an outline drawn by hand (standard deviations)."""
SEEPING_MM = (0.1, 1.2)
"""Blood seeps into what it lies against: standard deviation of the blur of its borders."""


def bleed_into(
    rng: np.random.Generator, anatomy: Slice, bleeds: Sequence[Bleed], *, thickness_mm: float = 0.0
) -> tuple[Slice, Floats]:
    """Return the slice with the bleeds in it, and the coverage (H, W) of visible fresh blood, 0 to 1.

    Of dense blood the coverage is less, as `visibility` says. Old or washed-out blood that looks like
    brain or fluid is painted, but not covered; nor is anything in bone or outside of the skull.

    Parameters
    ----------
    thickness_mm
        Of the slice: blood that fills only a part of it is the fainter for that (partial volume), which is how bleeds
        end above and below, and along slanting borders. 0 for a plane.
    """
    pushed = push(anatomy, bleeds)
    swelling_hu, soft_mm = float(rng.normal(OEDEMA_HU, 2.5)), float(rng.uniform(*SEEPING_MM))
    offsets = np.linspace(-thickness_mm / 2, thickness_mm / 2, PLANES) if thickness_mm else np.zeros(1)
    planes = [replace(pushed, z_mm=pushed.z_mm + np.float32(offset)) for offset in offsets]
    painted = [_plane(pushed, plane, bleeds, swelling_hu, soft_mm) for plane in planes]
    hu, coverage = (np.asarray(np.mean(fields, axis=0), np.float32) for fields in zip(*painted, strict=True))
    coverage = np.asarray(cv2.GaussianBlur(coverage, (0, 0), HAND_MM / anatomy.pixel_mm), np.float32)
    coverage *= ramp(pushed.inner_mm, anatomy.pixel_mm)
    return replace(pushed, hu=hu), coverage


def _plane(
    pushed: Slice, plane: Slice, bleeds: Sequence[Bleed], swelling_hu: float, soft_mm: float
) -> tuple[Floats, Floats]:
    """Return density and coverage (H, W) of the slice ``pushed`` with the bleeds as one of its planes has them."""
    stains = [stain for stain in (bleed.stain(plane) for bleed in bleeds) if stain is not None]
    hu, coverage = pushed.hu.copy(), np.zeros(pushed.size, np.float32)
    grain = _grain(pushed) if pushed.is_scanned else None
    blur_mm = math.hypot(soft_mm, SCAN_BLUR_MM) if pushed.is_scanned else soft_mm
    for stain in stains:
        if stain.water is not None:
            _soak(hu[stain.window], stain.water, swelling_hu)
    for stain in stains:
        _paint(hu[stain.window], stain, pushed, grain, blur_mm)
        seen = coverage[stain.window]
        np.maximum(seen, stain.visible, out=seen)
    return hu, coverage


def _soak(hu: Floats, water: Floats, swelling_hu: float) -> None:
    """Darken brain, and only brain, towards the density of swelling; its grain stays."""
    is_brain = np.clip((hu - np.float32(swelling_hu)) / 6, 0, 1) * (hu < 60)
    hu += (np.float32(swelling_hu) - np.float32(30)) * water * is_brain


def _paint(hu: Floats, stain: Stain, anatomy: Slice, grain: Floats | None, blur_mm: float) -> None:
    """Mix the blood in, its borders blurred; bone and calcification stay as dense as they are."""
    target = stain.hu if grain is None else stain.hu + grain[stain.window]
    share = np.asarray(cv2.GaussianBlur(stain.share, (0, 0), blur_mm / anatomy.pixel_mm), np.float32)
    share *= ramp(anatomy.inner_mm[stain.window], anatomy.pixel_mm)
    dense = np.clip((hu - 85) / 30, 0, 1)
    hu += (target - hu) * share * (1 - dense * (hu > target))


def _grain(anatomy: Slice) -> Floats:
    """Return the noise (H, W) of a scanned slice: what a median takes away, which leaves sulci and borders alone."""
    soft = np.clip(anatomy.hu, -20, 90)
    grain = np.float32(GRAIN_GAIN) * (soft - cv2.medianBlur(soft, 5))
    return np.asarray(np.clip(grain, -MOST_GRAIN_HU, MOST_GRAIN_HU), np.float32)
