"""Lesions found and false findings, by size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from training.evaluation.measured import Measured
from training.evaluation.resampling import Values
from training.evaluation.results import Figure
from training.evaluation.sample import Sample

# A head CT has about 0.45 mm a pixel, so that both lists mean about the same there.
EDGES = {"mm": (0.0, 20.0, 100.0, 500.0, math.inf), "px": (0.0, 100.0, 500.0, 2500.0, math.inf)}


def lesion_table(sample: Sample) -> Iterator[Figure]:
    """Yield the share of lesions that were found and the false findings per picture, overall and by size."""
    edges = EDGES[sample.length_unit]
    tables = [
        _count_by_size(picture, float(length), edges)
        for picture, length in zip(sample.pictures, sample.pixel_lengths, strict=True)
    ]
    lesions, found, false = np.stack(tables, axis=1)
    yield from _found(sample, "", lesions.sum(axis=1), found.sum(axis=1), is_key=True)
    ones = np.ones(len(tables))
    yield from sample.quotient("lesions", "false findings per picture", false.sum(axis=1), ones, is_key=True)
    for index, size in enumerate(_size_names(edges, sample.length_unit)):
        yield from _found(sample, size, lesions[:, index], found[:, index], is_key=False)
    for index, size in enumerate(_size_names(edges, sample.length_unit)):
        if false[:, index].any():
            yield from sample.quotient("lesions", f"false findings per picture{size}", false[:, index], ones)


def _found(sample: Sample, size: str, lesions: Values, found: Values, *, is_key: bool) -> Iterator[Figure]:
    details = {"n": int(lesions.sum()), "counted": "lesions", "is_key": is_key}
    return sample.quotient("lesions", f"lesions found{size}", found, lesions, **details)


def _count_by_size(picture: Measured, pixel_length: float, edges: tuple[float, ...]) -> NDArray[np.float64]:
    """Return lesions, found ones and false findings by size, (3, sizes)."""
    lesions, pixel_area = picture.lesions, pixel_length**2
    groups = (lesions.areas_px, lesions.areas_px[lesions.are_found], lesions.false_areas_px)
    return np.stack([np.histogram(group * pixel_area, edges)[0] for group in groups]).astype(np.float64)


def _size_names(edges: tuple[float, ...], unit: str) -> list[str]:
    word = "mm²" if unit == "mm" else unit
    middle = [f", {low:.0f} to {high:.0f} {word}" for low, high in pairwise(edges[1:-1])]
    return [f", below {edges[1]:.0f} {word}", *middle, f", {edges[-2]:.0f} {word} and more"]
