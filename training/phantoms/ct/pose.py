"""A real slice as if another head of another size had lain otherwise in the scanner."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from training.phantoms.ct.slice import Floats, Slice

AIR_HU = -1000.0
MOST_TURN_RAD, MOST_SHIFT_MM = 0.7, 15.0
SIZES = (0.88, 1.1)
MOST_STRETCH = 0.06


def pose(rng: np.random.Generator, cut: Slice) -> Slice:
    """Return ``cut`` turned, shifted, made larger or smaller, stretched a little, mirrored or upside down."""
    scale = float(rng.uniform(*SIZES))
    matrix = _matrix(rng, cut, scale)
    hu = cv2.warpAffine(cut.hu, matrix, cut.size[::-1], flags=cv2.INTER_CUBIC, borderValue=AIR_HU)
    return replace(
        cut,
        hu=np.asarray(hu, np.float32),
        height_mm=cut.height_mm * scale,
        x_mm=_warp(cut.x_mm * np.float32(scale), matrix),
        y_mm=_warp(cut.y_mm * np.float32(scale), matrix),
        z_mm=_warp(cut.z_mm * np.float32(scale), matrix),
        inner_mm=_warp(cut.inner_mm * np.float32(scale), matrix),
        falx_mm=_warp(cut.falx_mm * np.float32(scale), matrix),
        tentorium_mm=_warp(cut.tentorium_mm * np.float32(scale), matrix),
        fluid=_warp(cut.fluid, matrix),
        ventricles=_warp(cut.ventricles, matrix),
    )


def _matrix(rng: np.random.Generator, cut: Slice, scale: float) -> Floats:
    """Return the affine map (2, 3) from the pixels (x, y) of the slice to those of the picture."""
    turn = float(np.clip(rng.normal(0, 0.25), -MOST_TURN_RAD, MOST_TURN_RAD))
    stretch = 1 + float(rng.uniform(-MOST_STRETCH, MOST_STRETCH))
    flips = rng.choice([-1.0, 1.0], 2)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    linear = np.diag(flips) @ rotation @ np.diag([scale * stretch, scale / stretch])
    middle = (np.array(cut.size[::-1]) - 1) / 2
    shift = rng.uniform(-MOST_SHIFT_MM, MOST_SHIFT_MM, 2) / cut.pixel_mm
    return np.column_stack([linear, middle + shift - linear @ middle]).astype(np.float32)


def _warp(field: Floats, matrix: Floats) -> Floats:
    moved = cv2.warpAffine(field, matrix, field.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)
