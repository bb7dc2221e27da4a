"""What happens to pictures in an ultrasound scanner. Pictures are (H, W) float32, 0 to 1; black stays black.

The transducer is taken to be above the picture. Attenuation, shadow and haze are what the package usaugment offers
too; these are written anew, and cheaper.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augmentation.limits import AugmentationConfig

Picture = NDArray[np.float32]

APEX = 0.25
SHADOW_HALF_WIDTH_RAD = (0.02, 0.12)
SHADOW_DEPTH = (0.3, 0.8)
SHADOW_DIRECTION_RAD = 0.6
HAZE_DEPTH = (0.1, 0.7)
HAZE_THICKNESS = (0.03, 0.2)
PRESENCE_PX = (7, 7)


def attenuate(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Darken with depth, as a gain that was set too low for the depth does."""
    if not limits.attenuation:
        return image
    depth, _ = _polar(image.shape)
    return np.asarray(image * np.exp(np.float32(-rng.uniform(0, limits.attenuation)) * depth), np.float32)


def cast_shadow(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Darken a sector with soft edges, as behind bone or where the transducer lost contact, in some of the pictures."""
    if rng.random() >= limits.shadow:
        return image
    _, angle_rad = _polar(image.shape)
    away_rad = np.abs(angle_rad - np.float32(rng.uniform(-SHADOW_DIRECTION_RAD, SHADOW_DIRECTION_RAD)))
    inside = np.clip(1.5 - away_rad * np.float32(1 / rng.uniform(*SHADOW_HALF_WIDTH_RAD)), 0, 1)
    return np.asarray(image * (1 - np.float32(rng.uniform(*SHADOW_DEPTH)) * inside), np.float32)


def add_haze(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Lay a noisy band of reverberation at one depth over what is not black."""
    strength = rng.uniform(0, limits.haze)
    if not strength:
        return image
    depth, _ = _polar(image.shape)
    away = (depth - np.float32(rng.uniform(*HAZE_DEPTH))) * np.float32(1 / rng.uniform(*HAZE_THICKNESS))
    presence = np.minimum(np.asarray(cv2.blur(image, PRESENCE_PX), np.float32) * 10, 1)
    grain = np.float32(0.5) + np.float32(0.5) * rng.random(image.shape, np.float32)
    return np.minimum(image + np.float32(strength) * np.exp(-away * away) * presence * grain, 1)


def add_speckle(image: Picture, limits: AugmentationConfig, rng: np.random.Generator) -> Picture:
    """Multiply by normal noise around 1."""
    deviation = np.float32(rng.uniform(0, limits.speckle))
    if not deviation:
        return image
    return np.clip(image * (1 + deviation * rng.standard_normal(image.shape, np.float32)), 0, 1)


@lru_cache(maxsize=4)  # of every stage's size once, not of every picture
def _polar(size: tuple[int, ...]) -> tuple[Picture, Picture]:
    """Return depth, 0 at the top's middle and 1 at the bottom's, and angle from straight down, each (H, W)."""
    height, width = size
    rows = np.arange(height, dtype=np.float32)[:, np.newaxis] + np.float32(APEX * height)
    columns = np.arange(width, dtype=np.float32)[np.newaxis] - np.float32((width - 1) / 2)
    depth = np.maximum(np.hypot(rows, columns) * np.float32(1 / height) - np.float32(APEX), 0)
    angle_rad = np.arctan2(columns, rows)
    for shared in (depth, angle_rad):
        shared.setflags(write=False)
    return depth, angle_rad
