"""One training picture: a head or a real normal slice, bled into or not, scanned, and brought to size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.data.case import Case
from training.phantoms.ct.beam import METAL_HU
from training.phantoms.ct.blood import bleed_into, draw_bleeds_in
from training.phantoms.ct.head import Head
from training.phantoms.ct.implants import implant
from training.phantoms.ct.outline import outline
from training.phantoms.ct.pose import pose
from training.phantoms.ct.scanner import Scanner, scan
from training.phantoms.ct.seen import seen_parts
from training.phantoms.ct.slice import Slice
from training.phantoms.ct.storage import WINDOW_HU
from training.phantoms.ct.view import View

SLICES_PER_HEAD = 4
BLEEDING_SHARE = 0.6
METAL_SHARE = 0.05
THICK_SHARE = 0.7
"""Of the slices, as many are thick: what lies above and below shows in them."""
THICKNESS_MM = (3.0, 6.0)
PARTIAL_SHARE, BLOOD_THICKNESS_MM = 0.7, (2.0, 9.0)
"""In so many of the slices with blood it fills the thickness of the slice only in part where it ends."""
FINER = 2
"""Pictures are computed with this many times the pixels along each side."""
NORMALS = "normals"
"""Subject of every picture on a real background: the same few slices lie behind all of them."""


def draw_slice(seed: int, index: int, size: int, *, normals: Sequence[Slice] = (), real_share: float = 0.0) -> Case:
    """Return picture number ``index`` of the series ``seed``, (size, size) pixels, with the mask of its fresh blood.

    The same for the same arguments, whatever else was drawn before. Densities are clipped to the brain window, as
    inference does before it makes a picture smaller; `Case.unit` is "hu".

    Parameters
    ----------
    normals
        Real slices without blood; ``real_share`` of the pictures are made of them.

    Raises
    ------
    ValueError
        A size below 32 pixels.
    """
    if size < 32:
        raise ValueError(f"a head cannot be told from anything below 32 pixels, got {size}")
    head_number = index // SLICES_PER_HEAD
    rng = np.random.default_rng((seed, 1, index))
    if normals and rng.random() < real_share:
        subject, cut = NORMALS, pose(rng, _choose(rng, normals))
    else:
        head = Head.draw(np.random.default_rng((seed, 0, head_number)))
        subject, cut = f"phantom-{head_number:05d}", _cut(rng, head, size * FINER)
    cut, mask = _bleed(rng, cut)
    if not cut.is_scanned and rng.random() < METAL_SHARE:
        cut = implant(rng, cut)
        mask &= cut.hu < METAL_HU
    picture = _shrink(scan(rng, cut, Scanner.draw(rng)), size)
    spacing_mm = cut.pixel_mm * cut.size[0] / size
    mask = seen_parts(picture, _shrink_mask(mask, size), spacing_mm)
    return Case(f"phantom-{index:06d}", subject, picture, mask, spacing_mm, "hu")


def _cut(rng: np.random.Generator, head: Head, size: int) -> Slice:
    """Return a slice of ``head``, thin or thick."""
    view = View.draw(rng, head)
    cut = head.slice(view, size)
    if rng.random() >= THICK_SHARE:
        return cut
    # Two thin slices stand for the whole profile, and the second need not be sharp: it is what shows through.
    above = head.slice(replace(view, z_mm=view.z_mm + rng.uniform(*THICKNESS_MM) / 2), size // 2).hu
    return replace(cut, hu=(cut.hu + cv2.resize(above, (size, size), interpolation=cv2.INTER_LINEAR)) / np.float32(2))


def _choose(rng: np.random.Generator, normals: Sequence[Slice]) -> Slice:
    """Return one of the real slices, rather one that shows much brain."""
    areas = np.array([np.count_nonzero(cut.inner_mm > 0) for cut in normals], float)
    weights = areas + max(areas.max(), 1.0) / 20
    return normals[int(rng.choice(len(normals), p=weights / weights.sum()))]


def _bleed(rng: np.random.Generator, cut: Slice) -> tuple[Slice, NDArray[np.bool_]]:
    """Return the slice with the haemorrhages that it may have, and the mask (H, W) of their fresh blood."""
    if rng.random() >= BLEEDING_SHARE:
        return cut, np.zeros(cut.size, np.bool_)
    thickness_mm = rng.uniform(*BLOOD_THICKNESS_MM) if rng.random() < PARTIAL_SHARE else 0.0
    bled, coverage = bleed_into(rng, cut, draw_bleeds_in(rng, cut), thickness_mm=thickness_mm)
    return bled, outline(bled, coverage)


def _shrink(picture: NDArray[np.int16], size: int) -> NDArray[np.int16]:
    """Average ``picture`` (H, W) over areas, clipped to the brain window before, to (size, size)."""
    shown = np.clip(picture, *WINDOW_HU).astype(np.float32)
    return np.asarray(np.rint(cv2.resize(shown, (size, size), interpolation=cv2.INTER_AREA)), np.int16)


def _shrink_mask(mask: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    share = cv2.resize(mask.astype(np.float32), (size, size), interpolation=cv2.INTER_AREA)
    return np.asarray(share >= 0.5, np.bool_)
