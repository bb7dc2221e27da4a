"""The ABC/2 estimate of the volume of a haemorrhage, as it is made by hand at the console.

References
----------
Kothari et al. 1996, "The ABCs of measuring intracerebral hemorrhage volumes", Stroke 27:1304,
doi 10.1161/01.STR.27.8.1304.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.measure.diameters import longest_diameter, widest_across
from streamseg.measure.part import Part, box_of, largest_part
from streamseg.stacks.book import NO_POSITIONS, NO_SPACING, SliceFinding, extents_mm

# Of the largest area: above the first a slice counts whole for C, from the second on half, below it not at all.
WHOLE, HALF = 0.75, 0.25
# A finding is one body where its largest part makes up this share of the slice with the largest area.
ONE_BODY = 0.9


@dataclass(frozen=True, slots=True)
class Abc2:
    """An estimate and what it was made from; all None where ``why_not`` says why there is none.

    Attributes
    ----------
    a_mm, b_mm
        Longest diameter on the slice with the largest area, and the widest extent at right angles to it.
    c_mm
        Height: the extents of the slices, each counted whole, half or not at all by its area.
    place
        Which slice has the largest area.
    """

    volume_ml: float | None = None
    a_mm: float | None = None
    b_mm: float | None = None
    c_mm: float | None = None
    place: int | None = None
    why_not: str = ""


def largest(slices: Sequence[SliceFinding]) -> SliceFinding | None:
    """Return the slice with the largest area; None where nothing was found."""
    return max((each for each in slices if each.area_px), key=lambda each: each.area_px, default=None)


def abc2(
    slices: tuple[SliceFinding, ...], mask: NDArray[np.bool_] | None, spacing_mm: tuple[float, float] | None
) -> Abc2:
    """Return the estimate over ``slices``.

    Parameters
    ----------
    mask
        (H, W) of the slice with the largest area; None where slices have no positions.
    spacing_mm
        (row, column) of that slice.
    """
    greatest = largest(slices)
    if greatest is None:
        return Abc2(why_not="nothing was found")
    around = None if mask is None else box_of(mask)
    if mask is None or around is None:
        return Abc2(place=greatest.place, why_not=NO_POSITIONS)
    if spacing_mm is None:
        return Abc2(place=greatest.place, why_not=NO_SPACING)
    part = largest_part(mask, around)
    try:
        _check_one_part(greatest, int(np.count_nonzero(part.pixels & part.box.crop(mask))))
        c_mm = _height_mm(slices, greatest)
    except ValueError as err:
        return Abc2(place=greatest.place, why_not=str(err))
    a_mm, b_mm = _diameters_mm(part, spacing_mm)
    return Abc2(a_mm * b_mm * c_mm / 2 / 1000, a_mm, b_mm, c_mm, greatest.place)


def _check_one_part(greatest: SliceFinding, largest_px: int) -> None:
    if largest_px < ONE_BODY * greatest.area_px:
        raise ValueError(f"it is for one body, and slice {greatest.place + 1} shows several parts")


def _height_mm(slices: tuple[SliceFinding, ...], greatest: SliceFinding) -> float:
    shares = (each.area_px / greatest.area_px for each in slices)
    weights = [1.0 if share > WHOLE else 0.5 if share >= HALF else 0.0 for share in shares]
    counted = np.flatnonzero(weights)
    if len(counted) <= counted[-1] - counted[0]:
        raise ValueError("it is for one body, and there are slices with little or nothing between those with more")
    return sum(weight * extent_mm for weight, extent_mm in zip(weights, extents_mm(slices), strict=True))


def _diameters_mm(part: Part, spacing_mm: tuple[float, float]) -> tuple[float, float]:
    longest = longest_diameter(part.outline, spacing_mm)
    across = widest_across(part.outline, longest, spacing_mm)
    a_mm, b_mm = (float(np.hypot(*((ends[1] - ends[0]) * spacing_mm))) for ends in (longest, across))
    return a_mm, b_mm
