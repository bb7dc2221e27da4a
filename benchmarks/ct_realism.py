"""How much computed head-CT slices resemble real ones in what is not blood: tissue, its structure, its fluid.

Usage: ``python benchmarks/ct_realism.py FOLDER...``; each is a prepared data set in Hounsfield units (``python -m
training prepare`` or ``phantom``), of which pixels near a mask do not count, or a folder of DICOM slices (``*.dcm``)
of one head without blood. Every slice is brought to 256x256 as the CT model gets it. Figures are medians over slices
with the 10th and 90th percentile.

Columns: *contrast*, from the 10th to the 90th percentile of tissue smoothed by 2 pixels; *1 to 2 px* and so on, the
standard deviation of tissue between two scales of smoothing; *surface*, how much brighter tissue is 4 to 8 pixels from
bone than 20 to 35; *sectors*, the standard deviation of what lies 4 to 8 pixels from bone over 12 sectors; *fluid*,
its share of the room inside the skull.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from streamseg.model import find_card
from streamseg.model_card import Window, read_card
from training.data.case import Case
from training.data.prepared import Prepared
from training.data.samples import prepare_case
from training.errors import TrainingError
from training.phantoms.ct.real_slices import read_normal_slices

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
BRAIN = Window(centre_hu=40, width_hu=120)
BONE_HU, SKULL_PX, TISSUE_HU = 85.0, 400, (18.0, 60.0)
LEAST_ROOM_PX, LEAST_PX = 6000, 300
NEAR_PX, FAR_PX, SECTORS = (4, 8), (20, 35), 12
COLUMNS = ("contrast HU", "1 to 2 px", "4 to 8 px", "8 to 16 px", "surface HU", "sectors HU", "fluid %")


class Shown(NamedTuple):
    """One slice: densities (H, W), the inside of its skull, and tissue without blood in it, and pixels to bone."""

    hu: Floats
    inside: Mask
    tissue: Mask
    away_px: Floats


def main() -> None:
    """Measure all folders and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--most", type=int, default=300, help="slices of each folder, evenly chosen (default 300)")
    arguments = parser.parse_args()
    table = Table("slices of", "N", *COLUMNS)
    for column in table.columns:
        column.no_wrap = True
    for folder in arguments.folders:
        try:
            rows = [row for row in map(figures, slices(folder, arguments.most)) if row is not None]
        except TrainingError as err:
            parser.error(str(err))
        if not rows:
            parser.error(f"no slice of {folder} shows enough brain; name head CT in Hounsfield units")
        low, middle, high = np.nanpercentile(np.array(rows), (10, 50, 90), axis=0)
        texts = (f"{m:.1f} ({a:.1f} to {b:.1f})" for a, m, b in zip(low, middle, high, strict=True))
        table.add_row(folder.name, str(len(rows)), *texts)
    Console(width=190).print(table)


def slices(folder: Path, most: int) -> Iterator[Shown]:
    """Yield the slices of ``folder`` that show enough brain."""
    spec = read_card(find_card("ct-haemorrhage")).input
    window = spec.window or BRAIN
    for case in cases(folder, most):
        image, mask = prepare_case(case, spec)
        shown = look(window.centre_hu + (image.astype(float) - 0.5) * window.width_hu, mask)
        if shown is not None:
            yield shown


def cases(folder: Path, most: int) -> Iterator[Case]:
    """Yield the pictures of a prepared data set, or those of one head's DICOM slices."""
    if any(folder.glob("*.dcm")):
        for number, cut in enumerate(read_normal_slices(folder)):
            hu = cut.hu.astype(np.int16)
            yield Case(str(number), folder.name, hu, np.zeros(hu.shape, np.bool_), cut.pixel_mm, "hu")
        return
    found = list(Prepared.open(folder).cases())
    yield from found[:: -(-len(found) // most)]


def look(hu: Floats, mask: Mask) -> Shown | None:
    """Find bone, the room that it encloses, and tissue in it away from ``mask`` (H, W); None for too small a room."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((hu > BONE_HU).astype(np.uint8), connectivity=8)
    is_skull = stats[:count, cv2.CC_STAT_AREA] > SKULL_PX
    is_skull[0] = False
    bone = is_skull[labels].astype(np.uint8)
    wall = np.pad(cv2.morphologyEx(bone, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))), 1)
    cv2.floodFill(wall, None, (0, 0), 1)
    inside = wall[1:-1, 1:-1] == 0
    if np.count_nonzero(inside) < LEAST_ROOM_PX:
        return None
    away_px = cv2.distanceTransform(1 - bone, cv2.DIST_L2, 5).astype(float)
    free = inside & (cv2.dilate(mask.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0) & (away_px > 2)
    smooth = cv2.GaussianBlur(hu, (0, 0), 1.2)
    tissue = free & (smooth > TISSUE_HU[0]) & (smooth < TISSUE_HU[1])
    return Shown(hu, free, tissue, away_px)


def figures(shown: Shown) -> list[float] | None:
    """Return the figures of one slice in the order of `COLUMNS`; None where too little tissue is left."""
    deep = shown.tissue & (shown.away_px > 5)
    if np.count_nonzero(deep) < LEAST_PX:
        return None
    scales = {sigma: _smooth(shown.hu, shown.tissue, sigma) for sigma in (1, 2, 4, 8, 16)}
    low, high = np.percentile(scales[2][deep], (10, 90))
    bands = [float((scales[a] - scales[b])[deep].std()) for a, b in ((1, 2), (4, 8), (8, 16))]
    fluid = 100 * float((shown.hu[shown.inside] < TISSUE_HU[0]).mean())
    return [float(high - low), *bands, *_surface(shown), fluid]


def _surface(shown: Shown) -> tuple[float, float]:
    """Return how much brighter tissue is near bone than deep, and how much that varies from sector to sector."""
    near = shown.tissue & (shown.away_px > NEAR_PX[0]) & (shown.away_px <= NEAR_PX[1])
    far = shown.tissue & (shown.away_px > FAR_PX[0]) & (shown.away_px <= FAR_PX[1])
    if min(np.count_nonzero(near), np.count_nonzero(far)) < LEAST_PX:
        return np.nan, np.nan
    down, right = np.nonzero(shown.inside)
    rows, columns = np.indices(shown.hu.shape)
    turn = np.arctan2(rows - down.mean(), columns - right.mean())
    sector = ((turn / (2 * np.pi) + 0.5) * SECTORS).astype(np.intp) % SECTORS
    edge = [np.median(part) for k in range(SECTORS) if (part := shown.hu[near & (sector == k)]).size >= LEAST_PX // 8]
    spread = float(np.std(edge)) if len(edge) > SECTORS // 2 else np.nan
    return float(np.median(shown.hu[near]) - np.median(shown.hu[far])), spread


def _smooth(hu: Floats, where: Mask, sigma_px: float) -> Floats:
    """Smooth ``hu`` (H, W) as if there were nothing but what lies in ``where`` (H, W)."""
    weight = where.astype(float)
    share = np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma_px), 1e-3)
    return np.asarray(cv2.GaussianBlur(hu * weight, (0, 0), sigma_px) / share, np.float64)


if __name__ == "__main__":
    main()
