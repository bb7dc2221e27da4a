"""Random changes of a training picture. Picture and mask share one draw of the geometry.

Black stays black: the padding of the letterbox is 0 when the model serves, so nothing here lifts it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.config import AugmentationConfig

SHADOW_HALF_WIDTH_RAD = (0.02, 0.12)
SHADOW_DEPTH = (0.3, 0.8)
SHADOW_DIRECTION_RAD = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One draw of all random values.

    Attributes
    ----------
    matrix
        (2, 3) affine map from the original's pixels (x, y) to the result's.
    gamma, gain
        The grey curve ``gain * v ** gamma``.
    blur_px
        Standard deviation of the blur.
    speckle
        Standard deviation of the multiplicative noise.
    shadow
        Direction from straight down and half width, both in radians, and depth 0 to 1 of a shadow, or None.
    seed
        Seed of the noise.
    """

    matrix: NDArray[np.float64]
    gamma: float
    gain: float
    blur_px: float
    speckle: float
    shadow: tuple[float, float, float] | None
    seed: int


def draw_augmentation(rng: np.random.Generator, limits: AugmentationConfig, size: tuple[int, int]) -> Draw:
    """Draw the changes for one picture of ``size`` (height, width)."""
    shadow = None
    if rng.random() < limits.shadow:
        direction = rng.uniform(-SHADOW_DIRECTION_RAD, SHADOW_DIRECTION_RAD)
        shadow = (float(direction), float(rng.uniform(*SHADOW_HALF_WIDTH_RAD)), float(rng.uniform(*SHADOW_DEPTH)))
    return Draw(
        matrix=_draw_matrix(rng, limits, size),
        gamma=_draw_factor(rng, limits.gamma),
        gain=_draw_factor(rng, limits.gain),
        blur_px=float(rng.uniform(0, limits.blur_px)),
        speckle=float(rng.uniform(0, limits.speckle)),
        shadow=shadow,
        seed=int(rng.integers(2**32)),
    )


def augment_image(image: NDArray[np.float32], draw: Draw) -> NDArray[np.float32]:
    """Return ``image`` (H, W), 0 to 1, changed by ``draw``, 0 to 1."""
    height, width = image.shape
    changed = cv2.warpAffine(image, draw.matrix, (width, height), flags=cv2.INTER_LINEAR)
    if draw.blur_px > 0.3:  # below, a blur is not to be seen
        changed = cv2.GaussianBlur(changed, (0, 0), draw.blur_px)
    changed = draw.gain * np.power(np.clip(changed, 0, 1), draw.gamma)
    noise = np.random.default_rng(draw.seed).standard_normal(image.shape, np.float32)
    changed = changed * (1 + draw.speckle * noise)
    if draw.shadow is not None:
        changed = changed * _shade(image.shape, *draw.shadow)
    return np.clip(changed, 0, 1).astype(np.float32)


def augment_mask(mask: NDArray[np.float32], draw: Draw) -> NDArray[np.float32]:
    """Return ``mask`` (H, W), 0 or 1, moved as ``draw`` moves its picture, 0 or 1."""
    height, width = mask.shape
    moved = cv2.warpAffine(mask, draw.matrix, (width, height), flags=cv2.INTER_LINEAR)
    return (moved >= 0.5).astype(np.float32)


def _draw_factor(rng: np.random.Generator, limit: float) -> float:
    """Draw between 1/limit and limit so that growing and shrinking are equally likely."""
    return float(np.exp(rng.uniform(-1, 1) * np.log(limit)))


def _draw_matrix(rng: np.random.Generator, limits: AugmentationConfig, size: tuple[int, int]) -> NDArray[np.float64]:
    angle = np.deg2rad(rng.uniform(-limits.rotation_deg, limits.rotation_deg))
    scale = _draw_factor(rng, limits.zoom)
    mirror = -1.0 if rng.random() < limits.flip else 1.0
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.array([[1, rng.uniform(-limits.shear, limits.shear)], [0, 1]])
    linear = rotation @ shear @ np.diag([mirror, 1.0])
    # OpenCV counts pixel centres from 0, so the middle of a picture n pixels wide is at (n - 1) / 2.
    centre = (np.array([size[1], size[0]]) - 1) / 2
    shift = rng.uniform(-limits.shift, limits.shift, 2) * np.array([size[1], size[0]])
    return np.column_stack([linear, centre + shift - linear @ centre])


def _shade(size: tuple[int, ...], direction_rad: float, half_width_rad: float, depth: float) -> NDArray[np.float32]:
    """Return the factor (H, W), 1 - depth to 1, of a shadow with soft edges from a transducer above the picture."""
    height, width = size
    rows = np.arange(height, dtype=np.float32)[:, np.newaxis] + 0.25 * height
    columns = np.arange(width, dtype=np.float32)[np.newaxis] - (width - 1) / 2
    away = np.abs(np.arctan2(columns, rows) - direction_rad)
    return np.asarray(1 - depth * np.clip(1.5 - away / half_width_rad, 0, 1), np.float32)
