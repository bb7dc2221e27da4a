"""Parallel-beam projections of a square picture, and back: what a scanner's errors have to go through.

An error that is simple along rays (too little attenuation behind bone, too few photons behind metal) becomes the
streaks and bands of real pictures only when it is reconstructed.

References
----------
Kak, Slaney 1988, "Principles of Computerized Tomographic Imaging", doi 10.1137/1.9780898719277, chapter 3: filtered
back-projection.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import scipy.fft
from numpy.typing import NDArray

Floats = NDArray[np.float32]
FINER = 4
"""Filtered projections are sampled more finely by this factor, so that the nearest sample will do."""


def project(pictures: Floats, views: int) -> Floats:
    """Return the line integrals (views, n, c), in units of pixels, of c pictures (n, n, c) over half a turn."""
    size, _, channels = pictures.shape
    middle = (size - 1) / 2
    sums = np.empty((views, size, channels), np.float32)
    for view, angle in enumerate(_angles(views)):
        turn = cv2.getRotationMatrix2D((middle, middle), math.degrees(angle), 1.0)
        turned = cv2.warpAffine(pictures, turn, (size, size))  # drops an axis of one channel
        sums[view] = cv2.reduce(turned, 0, cv2.REDUCE_SUM).reshape(size, channels)
    return sums


def back_project(sinogram: Floats) -> Floats:
    """Return the mean (n, n) over all views of what ``sinogram`` (views, n) holds for the ray through each pixel."""
    return _smear(np.repeat(sinogram, FINER, axis=1))


def reconstruct(sinogram: Floats) -> Floats:
    """Return the picture (n, n) whose projections are ``sinogram`` (views, n)."""
    size = sinogram.shape[1]
    length = 2 * size
    apart = np.minimum(np.arange(length), length - np.arange(length))
    # The ramp filter as sampled in space: as sampled in frequency it would lose the mean. (Kak, Slaney: equation 61)
    kernel = np.where(apart % 2 == 1, -1 / np.square(np.pi * np.maximum(apart, 1)), 0.0)
    kernel[0] = 0.25
    ramp = scipy.fft.rfft(kernel).real * (0.5 + 0.5 * np.cos(np.linspace(0, np.pi, size + 1)))
    spectrum = scipy.fft.rfft(sinogram, length, axis=1) * ramp.astype(np.float32)
    filtered = scipy.fft.irfft(spectrum, length * FINER, axis=1)
    # A sample's centre is in the middle of the pixel's `FINER` places, not at their beginning.
    centred = np.roll(filtered, FINER // 2, axis=1)[:, : size * FINER]
    return _smear(np.asarray(centred, np.float32)) * np.float32(math.pi * FINER)


def _smear(rows: Floats) -> Floats:
    """Return the mean (n, n) over ``rows`` (views, n * `FINER`), each laid across the picture along its rays."""
    size = rows.shape[1] // FINER
    middle = (size - 1) / 2
    axis = (np.arange(size) - middle) * FINER
    total = np.zeros((size, size), np.float32)
    for row, angle in zip(rows, _angles(len(rows)), strict=True):
        across = (axis * math.cos(angle) + (middle + 0.5) * FINER).astype(np.float32)
        down = (axis * math.sin(angle)).astype(np.float32)
        total += row.take((across + down[:, np.newaxis]).astype(np.intp), mode="clip")
    total /= np.float32(len(rows))
    return total


def _angles(views: int) -> list[float]:
    return [math.pi * view / views for view in range(views)]
