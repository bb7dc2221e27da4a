"""What a beam meets: the acoustic properties of tissue at rest, and brushes to paint them with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.phantom.beams import LINES, SAMPLES, Beams, Floats, Points

TISSUE_NEPER = 5.0
"""Attenuation of soft tissue over the whole depth and back; time gain compensation makes up for exactly this."""


@dataclass(frozen=True, slots=True, eq=False)
class Tissue:
    """Acoustic properties at the samples of a beam grid, (R, B) float32 each.

    Attributes
    ----------
    diffuse
        Amplitude scattered by structures too small to resolve (speckle); 1 is white at 0 dB of gain.
    specular
        Amplitude reflected by smooth interfaces, on the same scale.
    attenuation
        Neper per mm, there and back, beyond what time gain compensation makes up for: fluid is negative.
    """

    diffuse: Floats
    specular: Floats
    attenuation: Floats


class Scene(Protocol):
    """Something to scan: tissue at rest, how it moves, and where in it the structure is."""

    @property
    def tissue(self) -> Tissue:
        """What is there at rest."""
        ...

    def at_rest(self, x: Floats, z: Floats, time_s: float) -> Points:
        """Return where the tissue that is at (x, z) in mm at ``time_s`` lies at rest."""
        ...

    def mask(self, x: Floats, z: Floats, time_s: float) -> NDArray[np.bool_]:
        """Return whether the points (x, z) in mm, broadcast against each other, are in the structure at ``time_s``."""
        ...


def smooth_noise(rng: np.random.Generator, cells: tuple[int, int]) -> Floats:
    """Return noise (R, B) of mean 0 and deviation 1 with about ``cells`` (down, across) independent patches."""
    coarse = rng.standard_normal(cells, np.float32)
    noise = cv2.resize(coarse, (LINES, SAMPLES), interpolation=cv2.INTER_CUBIC)
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def soft_step(value: NDArray[np.floating[Any]], width: float) -> Floats:
    """Return 0 far below ``value`` = 0 and 1 far above, over about ``width`` on either side."""
    return np.asarray(0.5 + 0.5 * np.tanh(value / width), np.float32)


def ridge(distance: NDArray[np.floating[Any]], width: NDArray[np.floating[Any]] | float) -> Floats:
    """Return 1 where ``distance`` is 0, falling to 0 steeply beyond ``width``."""
    return np.asarray(np.exp(-np.square(np.square(distance / width))), np.float32)


def skin_layers(rng: np.random.Generator, beams: Beams) -> Floats:
    """Return the specular amplitude (R, B) of skin, fat and fascia under the transducer: wavy bright lines."""
    lines = np.zeros((SAMPLES, LINES), np.float32)
    down = beams.depths_mm / np.float32(beams.depth_mm)
    for place in np.cumsum(rng.uniform(0.008, 0.035, 6)):
        wave = place + 0.004 * smooth_noise(rng, (2, 6)).mean(axis=0, keepdims=True)
        uneven = np.clip(0.6 + 0.5 * smooth_noise(rng, (2, 14)), 0, None)
        lines += np.float32(rng.uniform(0.05, 0.2)) * uneven * ridge(down - wave, 0.004)
    return np.asarray(lines + 0.5 * np.exp(-down / 0.008), np.float32)


def facets(rng: np.random.Generator, centres: list[tuple[float, float]], strength: float) -> Floats:
    """Return the specular amplitude (R, B) of short interfaces square to the beam around ``centres`` (column, row)."""
    painted = np.zeros((SAMPLES, LINES), np.float32)
    columns, rows = np.arange(LINES, dtype=np.float32), np.arange(SAMPLES, dtype=np.float32)
    for column, row in centres:
        across = ridge(columns - column, rng.uniform(1.5, 5.5))
        tilt = rng.normal(0, 0.2) * (columns - column)
        along = ridge(rows[:, np.newaxis] - row - tilt, rng.uniform(1.0, 2.2))
        painted += np.float32(strength * rng.uniform(0.2, 1) ** 2) * across * along
    return painted
