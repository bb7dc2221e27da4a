"""The scanner: from what a slice is to the picture of it.

References
----------
Barrett, Keat 2004, "Artifacts in CT: recognition and avoidance", doi 10.1148/rg.246045065.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.phantoms.ct.beam import Beam, irradiate
from training.phantoms.ct.grain import Kernel
from training.phantoms.ct.slice import Slice
from training.phantoms.ct.storage import Storage, store

Floats = NDArray[np.float32]
MILD_NOISE_HU = 1.5
"""Most noise that is added to a picture that is noisy already."""


@dataclass(frozen=True, slots=True)
class Scanner:
    """One scanner with the settings of one examination.

    Attributes
    ----------
    noise_hu
        Standard deviation of the noise in the brain.
    offset_hu, gain
        Departure of its densities from the true ones: what is measured is ``gain * hu + offset_hu``.
    motion_mm
        How far the head moved during the scan (down, to the right); (0, 0) in most.
    """

    kernel: Kernel
    beam: Beam
    noise_hu: float
    offset_hu: float
    gain: float
    motion_mm: tuple[float, float]
    storage: Storage
    jpeg_quality: int

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Scanner:
        """Draw a scanner as they are in use."""
        has_moved = rng.random() < 0.06
        return cls(
            kernel=Kernel.draw(rng),
            beam=Beam.draw(rng),
            noise_hu=float(np.clip(rng.lognormal(1.05, 0.35), 1.2, 6.5)),
            offset_hu=float(rng.normal(0, 1.5)),
            gain=float(rng.normal(1, 0.03)),
            motion_mm=(float(rng.normal(0, 2.5)), float(rng.normal(0, 2.5))) if has_moved else (0.0, 0.0),
            storage=STORAGES[rng.choice(len(STORAGES), p=SHARES)],
            jpeg_quality=int(rng.integers(70, 97)),
        )


STORAGES: tuple[Storage, ...] = ("full", "clipped", "jpeg")
SHARES = (0.4, 0.45, 0.15)


def scan(rng: np.random.Generator, cut: Slice, scanner: Scanner) -> NDArray[np.int16]:
    """Return the picture (H, W) int16 of ``cut`` in Hounsfield units.

    A slice that was scanned once already has cupping and noise of its own: it loses some of the first and gets a
    little of the second.
    """
    if cut.is_scanned:
        hu = cut.hu - scanner.beam.cupping(cut.inner_mm)
        mild_hu = np.float32(min(MILD_NOISE_HU, scanner.noise_hu / 2))
        hu += mild_hu * scanner.kernel.noise(rng, cut.size, cut.pixel_mm)
    else:
        hu = _picture(rng, cut, scanner)
    calibrated = np.where(hu < METERED_HU, hu, hu * np.float32(scanner.gain) + np.float32(scanner.offset_hu))
    return store(calibrated, scanner.storage, jpeg_quality=scanner.jpeg_quality)


METERED_HU = -200.0
"""Air reads as air in every scanner: it is calibrated by it."""


def _picture(rng: np.random.Generator, cut: Slice, scanner: Scanner) -> Floats:
    error_hu, grain = irradiate(rng, cut, scanner.beam, scanner.noise_hu)
    hu = _move(cut.hu, scanner.motion_mm, cut.pixel_mm)
    hu = scanner.kernel.apply(hu, cut.pixel_mm) + error_hu
    return hu + np.float32(scanner.noise_hu) * grain * scanner.kernel.noise(rng, cut.size, cut.pixel_mm)


def _move(hu: Floats, motion_mm: tuple[float, float], pixel_mm: float) -> Floats:
    """Return the mean of the head before and after it moved: outlines are doubled."""
    down, right = (distance / pixel_mm for distance in motion_mm)
    if not (down or right):
        return hu
    shift = np.array([[1, 0, right], [0, 1, down]])
    moved = cv2.warpAffine(hu, shift, hu.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.addWeighted(hu, 0.6, moved, 0.4, 0), np.float32)
