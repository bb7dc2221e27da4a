"""A whole head with a haemorrhage, slice by slice from the base to the vertex, as an examination is stored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.phantoms.ct.beam import Beam
from training.phantoms.ct.blood import Bleed, bleed_into, draw_bleeds
from training.phantoms.ct.grain import Kernel
from training.phantoms.ct.head import Head
from training.phantoms.ct.outline import outline
from training.phantoms.ct.scanner import Scanner, scan
from training.phantoms.ct.seen import seen_parts
from training.phantoms.ct.slice import Floats, Slice
from training.phantoms.ct.view import View

LOWEST, HIGHEST = 0.12, 0.94
"""Levels of the first and the last slice, as shares of the head's height."""
LOOK_SIZE = 96
LOOK_LEVELS = (0.45, 0.55, 0.65)
CLEAR_MM2 = (150.0, 2500.0)
"""Area of blood in the middle slices that is clear to the eye and leaves a brain to be seen."""
CLEAR_HU = 50.0
"""Blood that is denser is clear to the eye."""
ATTEMPTS = 40


def head_stack(
    seed: int, *, slices: int = 24, size: int = 512
) -> tuple[NDArray[np.int16], NDArray[np.bool_], tuple[float, float, float]]:
    """Return a head from base to vertex, the masks of its haemorrhages, and its spacing; all drawn by ``seed``.

    Returns
    -------
    hu
        (slices, size, size) int16 in Hounsfield units.
    masks
        (slices, size, size) bool: all fresh blood that can be seen.
    spacing_mm
        Distance between neighbouring (slices, rows, columns).

    Raises
    ------
    ValueError
        Fewer than two slices, or a size below 64 pixels.
    """
    if slices < 2 or size < 64:
        raise ValueError(f"a stack needs 2 slices or more of 64 pixels or more, got {slices} of {size}")
    rng = np.random.default_rng(seed)
    head = Head.draw(rng)
    bleeds, bleed_seed = _clear_bleeds(rng, head)
    scanner = _scanner()
    hu = np.empty((slices, size, size), np.int16)
    masks = np.empty((slices, size, size), np.bool_)
    pixel_mm = 0.0
    for index, level in enumerate(np.linspace(LOWEST, HIGHEST, slices).tolist()):
        cut = head.slice(View.upright(head, level * head.height_mm), size)
        # Each slice draws alike, so that what is random about a haemorrhage is the same in its neighbours.
        bled, coverage = bleed_into(np.random.default_rng(bleed_seed), cut, bleeds)
        pixel_mm = cut.pixel_mm
        hu[index] = scan(rng, bled, scanner)
        masks[index] = seen_parts(hu[index], outline(bled, coverage), pixel_mm)
    return hu, masks, ((HIGHEST - LOWEST) * head.height_mm / (slices - 1), pixel_mm, pixel_mm)


def _clear_bleeds(rng: np.random.Generator, head: Head) -> tuple[tuple[Bleed, ...], int]:
    """Return one or two haemorrhages that are clear to the eye, and the seed to paint them by."""
    cuts = [head.slice(View.upright(head, level * head.height_mm), LOOK_SIZE) for level in LOOK_LEVELS]
    best: tuple[float, tuple[Bleed, ...], int] = (-1.0, (), 0)
    for _ in range(ATTEMPTS):
        bleeds = draw_bleeds(rng, head.height_mm * rng.uniform(0.45, 0.65), head.height_mm)[:2]
        seed = int(rng.integers(2**31))
        areas = [_clear_area_mm2(*bleed_into(np.random.default_rng(seed), cut, bleeds)) for cut in cuts]
        smallest, largest = CLEAR_MM2
        if max(areas) <= largest and min(areas) >= smallest:
            return bleeds, seed
        if best[0] < min(max(areas), largest):
            best = (min(max(areas), largest), bleeds, seed)
    return best[1], best[2]


def _clear_area_mm2(bled: Slice, coverage: Floats) -> float:
    """Return the area of blood in a slice that is clear to the eye."""
    is_clear = outline(bled, coverage) & (bled.hu > CLEAR_HU) & (bled.inner_mm > bled.pixel_mm)
    return float(np.count_nonzero(is_clear)) * bled.pixel_mm**2


def _scanner() -> Scanner:
    """Return a good scanner with a kernel for brain."""
    return Scanner(
        kernel=Kernel(blur_mm=0.6, edge=0.1, cutoff_per_mm=0.5),
        beam=Beam(hardening=0.01, rim_hu=2.5, rim_mm=5.0, cup_hu=0.0, cup_mm=20.0, streaks=0.4, metal=0.0),
        noise_hu=2.6,
        offset_hu=0.0,
        gain=1.0,
        motion_mm=(0.0, 0.0),
        storage="full",
        jpeg_quality=100,
    )
