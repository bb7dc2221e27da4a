"""How the brain gives way to blood that takes its room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from training.phantoms.ct.blood.stain import Bleed, coarsen, refine
from training.phantoms.ct.slice import FAR_MM, Floats, Slice

STEP = 8
LEAST_MM, BEND_MM = 0.4, 7.0
CLEAR_MM = 0.8
"""As far into the room as bone shows in its pixels."""


def push(anatomy: Slice, bleeds: Sequence[Bleed]) -> Slice:
    """Return the slice with its contents moved as all bleeds together move them; the skull stays."""
    coarse = coarsen(anatomy, STEP)
    moves = [move for move in (bleed.push(coarse) for bleed in bleeds) if move is not None]
    if not moves:
        return anatomy
    # Brain is stiff: it bends around the ends of a layer rather than tears there.
    x_mm, y_mm = (_smooth(np.sum(axis, axis=0), BEND_MM / coarse.pixel_mm) for axis in zip(*moves, strict=True))
    if np.hypot(x_mm, y_mm).max() < LEAST_MM:
        return anatomy
    rows, columns = _sources(anatomy, coarse, x_mm, y_mm)
    return replace(
        anatomy,
        hu=_fetch(anatomy.hu, rows, columns),
        fluid=_fetch(anatomy.fluid, rows, columns),
        ventricles=_fetch(anatomy.ventricles, rows, columns),
        falx_mm=_fetch(anatomy.falx_mm, rows, columns) if anatomy.falx_mm.min() < FAR_MM else anatomy.falx_mm,
        tentorium_mm=(
            _fetch(anatomy.tentorium_mm, rows, columns) if anatomy.tentorium_mm.min() < FAR_MM else anatomy.tentorium_mm
        ),
    )


def _sources(anatomy: Slice, coarse: Slice, x_mm: Floats, y_mm: Floats) -> tuple[Floats, Floats]:
    """Return from which (row, column) of the picture the content of each pixel comes, moved by (x_mm, y_mm)."""
    axes = [[np.diff(field, axis=axis).mean() for axis in (0, 1)] for field in (coarse.x_mm, coarse.y_mm)]
    to_picture = np.linalg.pinv(np.array(axes)).astype(np.float32) * np.float32(STEP)
    down = refine(np.asarray(to_picture[0, 0] * x_mm + to_picture[0, 1] * y_mm, np.float32), anatomy.size)
    right = refine(np.asarray(to_picture[1, 0] * x_mm + to_picture[1, 1] * y_mm, np.float32), anatomy.size)
    # Bone must not be fetched, whichever way several bleeds push: nothing comes from further than the bone is away.
    reach_px = np.maximum(anatomy.inner_mm * np.float32(0.9) - np.float32(CLEAR_MM), 0) / np.float32(anatomy.pixel_mm)
    share = np.minimum(reach_px / np.maximum(np.hypot(down, right), np.float32(0.01)), 1)
    rows = np.arange(anatomy.size[0], dtype=np.float32)[:, None] - down * share
    columns = np.arange(anatomy.size[1], dtype=np.float32)[None, :] - right * share
    return np.asarray(rows, np.float32), np.asarray(columns, np.float32)


def _smooth(field: Floats, sigma_px: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), sigma_px), np.float32)


def _fetch(field: Floats, rows: Floats, columns: Floats) -> Floats:
    return np.asarray(cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)
