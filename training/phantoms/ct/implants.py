"""Metal in a head: coils, clips and shunt valves, whose streaks are then the scanner's doing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.phantoms.ct.slice import Floats, Slice

TITANIUM_HU, PLATINUM_HU = 6000.0, 16000.0
BASE, TOP = 0.15, 0.65
"""Between these shares of the height are the arteries that are coiled and clipped."""


def implant(rng: np.random.Generator, cut: Slice) -> Slice:
    """Return ``cut`` with a coil or a clip near the base of the brain, or a piece of metal on the skull."""
    levels = cut.z_mm / np.float32(cut.height_mm)
    is_arterial = (cut.inner_mm > 12) & (levels > BASE) & (levels < TOP)
    on_skull = (cut.inner_mm < -9) & (cut.inner_mm > -14)
    allowed = is_arterial if is_arterial.any() and rng.random() < 0.7 else on_skull
    places = np.argwhere(allowed)
    if not len(places):
        return cut
    middle = places[rng.integers(len(places))]
    hu = cut.hu.copy()
    for _ in range(rng.integers(1, 4)):
        place = middle + rng.normal(0, 3.0 / cut.pixel_mm, 2)
        metal_hu = rng.uniform(TITANIUM_HU, PLATINUM_HU)
        share = _rod(rng, cut, place)
        hu += share * np.maximum(np.float32(metal_hu) - hu, 0)
    return replace(cut, hu=hu)


def _rod(rng: np.random.Generator, cut: Slice, place: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Floats:
    """Return the share (H, W) of each pixel that a ball of wire or the branch of a clip fills at ``place``."""
    width_mm = rng.uniform(0.8, 3.0)
    length_mm = width_mm * rng.choice([1.0, rng.uniform(1.5, 4.0)])
    turn = rng.uniform(0, np.pi)
    down = ((np.arange(cut.size[0]) - place[0]) * cut.pixel_mm).astype(np.float32)[:, np.newaxis]
    right = ((np.arange(cut.size[1]) - place[1]) * cut.pixel_mm).astype(np.float32)[np.newaxis, :]
    along = right * np.float32(np.cos(turn)) + down * np.float32(np.sin(turn))
    across = down * np.float32(np.cos(turn)) - right * np.float32(np.sin(turn))
    distance = np.hypot(along / np.float32(length_mm), across / np.float32(width_mm))
    return np.asarray(np.clip((1 - distance) * np.float32(width_mm / cut.pixel_mm) + 0.5, 0, 1), np.float32)
