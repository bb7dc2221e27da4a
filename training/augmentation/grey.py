"""Changes of grey levels that any modality may undergo. Pictures are (H, W) float32, 0 to 1; black stays black.

What the intensity window cut off, air at 0 and bone at 1, lies so far outside that noise and another window leave it.

References
----------
DeVries, Taylor 2017, "Improved Regularization of Convolutional Neural Networks with Cutout", arXiv 1708.04552.
Zuiderveld 1994, "Contrast Limited Adaptive Histogram Equalization", Graphics Gems IV, 474-485.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augmentation.drawing import draw_factor
from training.augmentation.limits import AugmentationConfig

Picture = NDArray[np.float32]

LEAST_BLUR_PX = 0.3
GRAIN_PX = 1.2
CLAHE_CLIP = (1.0, 3.0)
CLAHE_TILES = (8, 8)
CUTOUT_SIDE = (0.04, 0.16)
EDGE = 0.05
"""Share of the window, at either end, over which a change of the window fades out."""


def change_window(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Shift the intensity window, widen or narrow it."""
    if limits.window_shift == 0 and limits.window_width == 1:
        return image
    contrast = draw_factor(rng, limits.window_width)
    offset = 0.5 - 0.5 * contrast + rng.uniform(-limits.window_shift, limits.window_shift)
    inside = np.minimum(np.minimum(image, 1 - image) * np.float32(1 / EDGE), 1)
    return _clip(image + inside * (image * np.float32(contrast - 1) + np.float32(offset)))


def change_curve(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Apply the grey curve ``gain * v ** gamma``."""
    gamma, gain = draw_factor(rng, limits.gamma), draw_factor(rng, limits.gain)
    curved = cv2.pow(image, gamma) if gamma != 1 else image
    return _clip(np.asarray(curved, np.float32) * np.float32(gain))


def blur(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Blur by a Gaussian."""
    sigma_px = rng.uniform(0, limits.blur_px)
    if sigma_px < LEAST_BLUR_PX:  # is not to be seen
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), np.float32)


def add_noise(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Add normal noise, between white and as grainy as a soft reconstruction kernel leaves it."""
    deviation = rng.uniform(0, limits.noise)
    if not deviation:
        return image
    noise = rng.standard_normal(image.shape, np.float32)
    grain_px = rng.uniform(0, GRAIN_PX)
    if grain_px >= LEAST_BLUR_PX:
        noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), grain_px), np.float32)
        noise /= noise.std()
    return np.where((image > 0) & (image < 1), _clip(image + np.float32(deviation) * noise), image)


def equalise(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Equalise the contrast locally, in some of the pictures."""
    if rng.random() >= limits.clahe:
        return image
    levels = (image * 255).astype(np.uint8)
    equalised = cv2.createCLAHE(rng.uniform(*CLAHE_CLIP), CLAHE_TILES).apply(levels)
    return np.where(levels > 0, equalised * np.float32(1 / 255), image)


def cut_out(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Blank a small rectangle, in some of the pictures. The mask stays: what is beside it must be enough."""
    if rng.random() >= limits.cutout:
        return image
    sides = [max(1, round(side * rng.uniform(*CUTOUT_SIDE))) for side in image.shape]
    top, left = (int(rng.integers(0, total - side + 1)) for total, side in zip(image.shape, sides, strict=True))
    holed = image.copy()
    holed[top : top + sides[0], left : left + sides[1]] = 0
    return holed


def _clip(image: Picture) -> Picture:
    return np.asarray(np.clip(image, 0, 1), np.float32)
