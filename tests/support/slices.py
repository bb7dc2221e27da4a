"""Slices with a known finding: as segmentations, and as DICOM files that `tests.support.bright_model` finds it in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame, Scores, Segmentation
from streamseg.geometry import Box, ImagePlane
from tests.support.dicom_files import AXIAL, dataset, save

BACKGROUND_HU, FINDING_HU = 20, 75
FRAME_OF_REFERENCE = "1.2.826.0.1.3680043.8.498.1"


def slice_of(
    mask: NDArray[np.bool_],
    place: int,
    *,
    position_mm: float | None = None,
    spacing_mm: tuple[float, float] | None = (0.5, 0.5),
    score: float = 0.5,
    threshold: float = 0.5,
    thickness_mm: float | None = 5.0,
) -> Segmentation:
    """Return the segmentation of an axial slice with this mask."""
    plane = None
    if position_mm is not None:
        plane = ImagePlane((0.0, 0.0, position_mm), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), thickness_mm)
    image = np.where(mask, 200, 60).astype(np.uint8)
    frame = Frame(image, place, 1, spacing_mm=spacing_mm, position_mm=position_mm, plane=plane, media_index=place)
    area_px = int(np.count_nonzero(mask))
    area_mm2 = None if spacing_mm is None else area_px * math.prod(spacing_mm)
    scores = Scores(score / 2, score, score, area_px / mask.size)
    return Segmentation(
        frame, mask.astype(np.float32), mask, Box.whole(frame.size), scores, threshold, area_px, area_mm2
    )


def disc(
    radius_px: float, size: tuple[int, int] = (64, 64), centre: tuple[float, float] | None = None
) -> NDArray[np.bool_]:
    """Return a mask (H, W) of a disc, in the middle unless a centre (y, x) is given."""
    y, x = np.mgrid[: size[0], : size[1]]
    row, column = centre or (size[0] / 2 - 0.5, size[1] / 2 - 0.5)
    return np.hypot(y - row, x - column) < radius_px


def ball_masks(
    heights_mm: Sequence[float], *, radius_mm: float, spacing_mm: float, side: int = 128
) -> list[NDArray[np.bool_]]:
    """Return the cuts of a ball, whose centre is at height 0, at ``heights_mm``."""
    radii = [math.sqrt(max(0.0, radius_mm**2 - height**2)) / spacing_mm for height in heights_mm]
    return [disc(radius, (side, side)) for radius in radii]


def ct_stack(
    folder: Path,
    heights_mm: Sequence[float],
    *,
    radius_mm: float = 12.0,
    spacing_mm: float = 0.5,
    size: tuple[int, int] = (128, 96),
    orientation: Sequence[float] = AXIAL,
    **elements: object,
) -> list[Path]:
    """Write CT slices of a dense ball left of the middle, its centre at height 0; return the files, by height.

    Where the stored orientation is turned, so are the stored pixels: the picture as shown is always the same.
    """
    y, x = np.mgrid[: size[0], : size[1]]
    along, down = orientation[0], orientation[4]
    paths = []
    for number, height in enumerate(sorted(heights_mm), start=1):
        distance = np.hypot(y - size[0] / 2, x - size[1] / 3) * spacing_mm
        pixels = np.full(size, BACKGROUND_HU + 1024, np.int16)
        pixels[distance**2 + height**2 < radius_mm**2] = FINDING_HU + 1024
        corner = [
            -10.0 + (0 if along > 0 else (size[1] - 1) * spacing_mm),
            -20.0 + (0 if down > 0 else (size[0] - 1) * spacing_mm),
            height,
        ]
        stored = np.ascontiguousarray(pixels[:: 1 if down > 0 else -1, :: 1 if along > 0 else -1])
        given = {
            "ImagePositionPatient": corner,
            "ImageOrientationPatient": list(orientation),
            "PixelSpacing": [spacing_mm, spacing_mm],
            "SliceThickness": 5.0,
            "RescaleSlope": 1,
            "RescaleIntercept": -1024,
            "InstanceNumber": number,
            "SeriesNumber": 3,
            "FrameOfReferenceUID": FRAME_OF_REFERENCE,
        } | elements
        data = dataset(stored, modality="CT", series="1.2.826.0.1.3680043.8.498.3", study="1.2.826.0.1.3680043.8.498.2")
        for keyword, value in given.items():
            if value is not None:
                setattr(data, keyword, value)
        paths.append(save(data, folder / f"{number:03}.dcm"))
    return paths


def carried(segmentation: Segmentation) -> Segmentation:
    """Return ``segmentation`` as one whose mask was carried over from another frame."""
    return replace(segmentation, carried_from=0, mask_age_ms=40.0)
