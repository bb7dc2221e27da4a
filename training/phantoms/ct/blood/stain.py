"""What every kind of bleed has in common: where it stains a slice, and how it is drawn from a coarse look at it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import Floats, Slice

Window = tuple[slice, slice]
COARSE = 4
"""Smooth fields are computed for every fourth pixel along each axis."""
BLOCK = 8
"""Whether a shape meets a slice is decided for blocks of so many pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Stain:
    """Blood in one slice; arrays (h, w) float32 of a window of the picture.

    Attributes
    ----------
    window
        Rows and columns of the picture.
    share
        Share of each pixel that is blood, 0 to 1.
    hu
        Density of the blood.
    visible
        What an expert would outline, 0 to 1: the border lies at a half.
    water
        Share of the swelling of the brain around, 0 to 1; None without any.
    """

    window: Window
    share: Floats
    hu: Floats
    visible: Floats
    water: Floats | None = None


class Bleed(Protocol):
    """One haemorrhage in the frame of the head."""

    def stain(self, anatomy: Slice) -> Stain | None:
        """Return where and how dense it is in a slice, or None where the slice does not meet it."""
        ...

    def push(self, coarse: Slice) -> tuple[Floats, Floats] | None:
        """Return by how many mm (x, y) it moves what now lies at each pixel, or None where it moves nothing."""
        ...


class Unmoving:
    """A bleed that takes no room from the brain: it is thin, or lies where fluid was."""

    __slots__ = ()

    def push(self, coarse: Slice) -> None:
        """Return None: nothing is moved."""
        del coarse


def whole(anatomy: Slice) -> Window:
    """Return the window that is the whole picture."""
    return slice(0, anatomy.size[0]), slice(0, anatomy.size[1])


def ball(anatomy: Slice, centre_mm: tuple[float, float, float], radius_mm: float) -> Window | None:
    """Return the window that may meet a ball around (x, y, z), or None."""
    x, y, z = (np.float32(place) for place in centre_mm)
    sparse = slice(BLOCK // 2, None, BLOCK)
    away = np.square(anatomy.x_mm[sparse, sparse] - x) + np.square(anatomy.y_mm[sparse, sparse] - y)
    away += np.square(anatomy.z_mm[sparse, sparse] - z)
    # The corner of a block is 0.71 of its width from its middle.
    is_near = away < (radius_mm + 0.75 * BLOCK * anatomy.pixel_mm) ** 2
    rows, columns = np.flatnonzero(is_near.any(axis=1)), np.flatnonzero(is_near.any(axis=0))
    if not rows.size:
        return None
    return (
        slice(int(rows[0]) * BLOCK, (int(rows[-1]) + 1) * BLOCK),
        slice(int(columns[0]) * BLOCK, (int(columns[-1]) + 1) * BLOCK),
    )


def crop(anatomy: Slice, window: Window) -> Slice:
    """Return a window of a slice; its arrays are views."""
    return replace(
        anatomy,
        hu=anatomy.hu[window],
        x_mm=anatomy.x_mm[window],
        y_mm=anatomy.y_mm[window],
        z_mm=anatomy.z_mm[window],
        inner_mm=anatomy.inner_mm[window],
        fluid=anatomy.fluid[window],
        ventricles=anatomy.ventricles[window],
        falx_mm=anatomy.falx_mm[window],
        tentorium_mm=anatomy.tentorium_mm[window],
    )


def coarsen(anatomy: Slice, step: int = COARSE) -> Slice:
    """Return every ``step``-th pixel of a slice."""
    start = min(step // 2, *(length - 1 for length in anatomy.size))
    sparse = slice(start, None, step)
    return replace(crop(anatomy, (sparse, sparse)), pixel_mm=anatomy.pixel_mm * step)


def refine(field: Floats, size: tuple[int, int]) -> Floats:
    """Return a smooth field of a coarse slice for all (height, width) pixels."""
    if field.shape == size:
        return field
    return np.asarray(cv2.resize(field, size[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def noise_in(noise: SmoothNoise, anatomy: Slice) -> Floats:
    """Return smooth noise at the pixels of a slice."""
    return noise.at(np.stack([anatomy.x_mm, anatomy.y_mm, anatomy.z_mm]))


def ramp(depth: Floats, soft: float) -> Floats:
    """Return 0 to 1: a half where ``depth`` is 0, and full half of ``soft`` further."""
    return np.asarray(np.clip(depth / np.float32(soft) + np.float32(0.5), 0, 1), np.float32)


def hub(coarse: Slice) -> tuple[float, float] | None:
    """Return the middle (x, y) of the room inside the skull in a slice, or None where there is too little of it."""
    is_room = coarse.inner_mm > 0
    if np.count_nonzero(is_room) * coarse.pixel_mm**2 < 300:
        return None
    return float(coarse.x_mm[is_room].mean()), float(coarse.y_mm[is_room].mean())
