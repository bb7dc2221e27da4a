"""Elastic deformation.

References
----------
Simard, Steinkraus, Platt 2003, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis",
doi 10.1109/ICDAR.2003.1227801.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def draw_displacement(
    rng: np.random.Generator, alpha: float, sigma_px: float, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Draw displacements (H, W, 2) in pixels: white noise between -1 and 1, smoothed, times up to ``alpha``."""
    strength = rng.uniform(0, alpha)
    noise = rng.random((*size, 2), np.float32) * 2 - 1
    smooth = cv2.GaussianBlur(noise, (0, 0), sigma_px)
    return np.asarray(smooth * np.float32(strength), np.float32)
