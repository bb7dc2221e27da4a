"""Where each pixel comes from: one draw, which picture and mask share."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.augmentation.drawing import draw_factor
from training.augmentation.elastic import draw_displacement
from training.augmentation.limits import AugmentationConfig


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """One draw of the geometry.

    Attributes
    ----------
    matrix
        (2, 3) affine map from the original's pixels (x, y) to the result's.
    displacement_px
        (H, W, 2) by how much (x, y) each pixel of the result looks aside before the affine map, or None.
    """

    matrix: NDArray[np.float64]
    displacement_px: NDArray[np.float32] | None

    def apply(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return ``image`` (H, W) moved, same shape; what comes from outside is 0."""
        height, width = image.shape
        if self.displacement_px is None:
            return np.asarray(cv2.warpAffine(image, self.matrix, (width, height), flags=cv2.INTER_LINEAR), np.float32)
        columns, rows = self._origins(self.displacement_px)
        return np.asarray(cv2.remap(image, columns, rows, cv2.INTER_LINEAR), np.float32)

    def _origins(self, displacement_px: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return column and row (H, W) of the original that each pixel of the result shows."""
        inverse = cv2.invertAffineTransform(self.matrix).astype(np.float32)
        height, width = displacement_px.shape[:2]
        columns = displacement_px[:, :, 0] + np.arange(width, dtype=np.float32)
        rows = displacement_px[:, :, 1] + np.arange(height, dtype=np.float32)[:, np.newaxis]
        return (
            inverse[0, 0] * columns + inverse[0, 1] * rows + inverse[0, 2],
            inverse[1, 0] * columns + inverse[1, 1] * rows + inverse[1, 2],
        )


def draw_warp(rng: np.random.Generator, limits: AugmentationConfig, size: tuple[int, int]) -> Warp:
    """Draw the geometry for a picture of ``size`` (height, width)."""
    matrix = _draw_matrix(rng, limits, size)
    displacement_px = None
    if limits.elastic:
        displacement_px = draw_displacement(rng, limits.elastic, limits.elastic_sigma_px, size)
    return Warp(matrix, displacement_px)


def _draw_matrix(rng: np.random.Generator, limits: AugmentationConfig, size: tuple[int, int]) -> NDArray[np.float64]:
    angle = np.deg2rad(rng.uniform(-limits.rotation_deg, limits.rotation_deg))
    scale = draw_factor(rng, limits.zoom)
    mirror = -1.0 if rng.random() < limits.flip else 1.0
    rotation = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.array([[1, rng.uniform(-limits.shear, limits.shear)], [0, 1]])
    linear = rotation @ shear @ np.diag([mirror, 1.0])
    # OpenCV counts pixel centres from 0, so the middle of a picture n pixels wide is at (n - 1) / 2.
    centre = (np.array([size[1], size[0]]) - 1) / 2
    shift = rng.uniform(-limits.shift, limits.shift, 2) * np.array([size[1], size[0]])
    return np.column_stack([linear, centre + shift - linear @ centre])
