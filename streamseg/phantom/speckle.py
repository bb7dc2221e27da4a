"""Fully developed speckle: complex Gaussian echoes correlated by the point spread function.

References
----------
Wagner, Smith, Sandrik, Lopez 1983, "Statistics of speckle in ultrasound B-scans", doi 10.1109/T-SU.1983.31404: the
envelope is Rayleigh (mean over standard deviation 1.91) and its correlation is that of the point spread function.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.phantom.beams import LINES, SAMPLES, Floats


@dataclass(frozen=True, slots=True)
class PointSpread:
    """Gaussian point spread function in samples of the beam grid; widest across the lines away from the focus.

    Attributes
    ----------
    axial, lateral
        Standard deviation along the line, and across the lines at the focus.
    focus
        Depth of the focus, 0 (face) to 1 (bottom of the field).
    """

    axial: float = 1.1
    lateral: float = 1.7
    focus: float = 0.45

    @classmethod
    def draw(cls, rng: np.random.Generator) -> PointSpread:
        """Draw the sharpness of a usual transducer."""
        return cls(rng.uniform(0.9, 1.5), rng.uniform(1.4, 2.4), rng.uniform(0.3, 0.6))

    def lateral_at(self, down: float) -> float:
        """Return the standard deviation across the lines at the depth ``down``, 0 to 1."""
        return self.lateral * math.hypot(1, 1.8 * (down - self.focus))

    def blur(self, lines: Floats) -> Floats:
        """Return the samples (R, B, ...) after convolution; wider across the lines away from the focus."""
        blurred = cv2.GaussianBlur(lines, (1, 0), sigmaX=1, sigmaY=self.axial)
        for row in range(SAMPLES):
            sigma = self.lateral_at(row / (SAMPLES - 1))
            blurred[row : row + 1] = cv2.GaussianBlur(blurred[row : row + 1], (0, 1), sigmaX=sigma, sigmaY=1)
        return np.asarray(blurred, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Speckle:
    """Echoes of the scatterers of a tissue at rest: two independent realisations, (R, B, 4) float32.

    The channels are real and imaginary part of the one, then of the other. Each is complex Gaussian of mean power 1, so
    that any mixture of the two with weights cos and sin is so as well.
    """

    fields: Floats

    @classmethod
    def draw(cls, rng: np.random.Generator, spread: PointSpread) -> Speckle:
        """Draw scatterers at random and convolve them with ``spread``."""
        fields = spread.blur(rng.standard_normal((SAMPLES, LINES, 4), np.float32))
        power = np.square(fields).mean(axis=(1, 2), keepdims=True) * 2
        smooth = cv2.GaussianBlur(power[:, :, 0], (1, 0), sigmaX=1, sigmaY=SAMPLES / 16)
        return cls(fields / np.sqrt(smooth)[:, :, np.newaxis])

    def echoes(self, column: Floats, row: Floats, *, phase: float = 0.0, look: int = 0) -> Floats:
        """Return (R, B, 2), real and imaginary part, of the scatterers at rest in (column, row) of the beam grid.

        Parameters
        ----------
        phase
            Radians that turn the one realisation into the other: the correlation with phase 0 is its cosine.
        look
            Number of the direction of sound, from 0: speckle from another direction is independent.
        """
        # Elsewhere in the same field is as good as another field, and costs nothing.
        column, row = column + np.float32(look * LINES * 0.37), row + np.float32(look * SAMPLES * 0.31)
        moved = cv2.remap(self.fields, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        mixture = np.array([[math.cos(phase), 0, math.sin(phase), 0], [0, math.cos(phase), 0, math.sin(phase)]])
        return np.asarray(cv2.transform(moved, mixture.astype(np.float32)), np.float32)


def compress(power: Floats, *, range_db: float, gain_db: float, gamma: float) -> NDArray[np.uint8]:
    """Return grey levels, 0 to 255, of echoes of ``power`` (squared amplitude), logarithmic as on a scanner.

    Parameters
    ----------
    range_db
        Dynamic range: an echo this far below white is black.
    gain_db
        Amplification: an echo of power 1 is this far above white.
    gamma
        Exponent of the grey map: above 1 it darkens the middle.
    """
    decibel = cv2.log(np.maximum(power, np.float32(1e-12))) * np.float32(10 / math.log(10))
    levels = np.clip(1 + (decibel + np.float32(gain_db)) * np.float32(1 / range_db), 0, 1)
    return np.asarray(cv2.convertScaleAbs(cv2.pow(levels, gamma), alpha=255), np.uint8)
