"""The grain of a picture: noise as filtered back-projection leaves it, and the blur and edges of its kernel.

References
----------
Solomon, Christianson, Samei 2012, "Quantitative comparison of noise texture across CT scanners from different
manufacturers", doi 10.1118/1.4752209: noise power spectra rise to a peak at 0.2 to 0.6 cycles/mm and fall again.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kernel:
    """The reconstruction's kernel, from soft to sharp.

    Attributes
    ----------
    blur_mm
        Standard deviation of the point spread.
    edge
        How much of what the blur took is overdone at edges.
    cutoff_per_mm
        Spatial frequency in cycles/mm at which the kernel lets 1/e of the noise pass.
    """

    blur_mm: float
    edge: float
    cutoff_per_mm: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> Kernel:
        """Draw a kernel as used for brain, now and then one as used for bone."""
        sharpness = float(rng.beta(2.0, 2.5))
        return cls(
            blur_mm=0.85 - 0.45 * sharpness,
            edge=max(0.0, float(rng.normal(0.6, 0.3)) * (sharpness - 0.3)),
            cutoff_per_mm=0.35 + 0.35 * sharpness,
        )

    def apply(self, hu: Floats, pixel_mm: float) -> Floats:
        """Return ``hu`` (H, W) as this kernel shows it."""
        blurred = cv2.GaussianBlur(hu, (0, 0), self.blur_mm / pixel_mm)
        if self.edge > 0.02:
            wide = cv2.GaussianBlur(blurred, (0, 0), 1.3 * self.blur_mm / pixel_mm)
            blurred = cv2.addWeighted(blurred, 1 + self.edge, wide, -self.edge, 0)
        return np.asarray(blurred, np.float32)

    def noise(self, rng: np.random.Generator, size: tuple[int, int], pixel_mm: float) -> Floats:
        """Return noise (H, W) of mean 0 and deviation 1 with this kernel's spectrum."""
        height, width = (scipy.fft.next_fast_len(side, real=True) for side in size)
        down = scipy.fft.fftfreq(height, pixel_mm)[:, np.newaxis]
        across = scipy.fft.rfftfreq(width, pixel_mm)[np.newaxis, :]
        frequency = np.hypot(down, across).astype(np.float32)
        # The ramp filter makes the power rise with the frequency; interpolation leaves some at the lowest ones.
        power = (frequency + np.float32(0.015)) * np.exp(-((frequency / np.float32(self.cutoff_per_mm)) ** 3))
        parts = rng.standard_normal((*frequency.shape, 2), np.float32)
        spectrum = parts.view(np.complex64)[:, :, 0] * np.sqrt(power)
        noise = scipy.fft.irfft2(spectrum, (height, width), overwrite_x=True)[: size[0], : size[1]]
        return np.asarray(noise / noise.std(), np.float32)
