"""Puts the slices of a series in order, and notices what is odd about them."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from natsort import natsort_keygen, ns
from numpy.typing import NDArray

from streamseg.dicom.header import Header, Plane
from streamseg.geometry import ImagePlane, name_of_direction

# Slices closer than this lie at the same place; positions are written with a few decimals.
SAME_MM = 0.01
# Slices this much farther apart than is usual among them leave something out.
GAP = 1.5
TILT_DEGREES = 0.5
# Cosines of directions that count as one are nearer than this, about 1 degree.
PARALLEL = 0.02

_BY_NAME = natsort_keygen(alg=ns.PATH)


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """One picture of a series.

    Attributes
    ----------
    index
        Which picture of the file, from 0.
    position_mm
        Where its plane crosses the line at right angles to all planes: towards head, back or left.
    turned
        Whether its rows and columns are stored the other way round than they are shown.
    """

    header: Header
    index: int
    plane: Plane
    position_mm: float | None = None
    turned: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """The pictures of a series in the order in which they are shown, and what the user must know of them."""

    slices: tuple[Slice, ...]
    warnings: tuple[str, ...] = ()


def arrange(headers: Sequence[Header]) -> Stack:
    """Order the pictures by position across their planes; of a cine, or without positions, by their numbers."""
    slices = [Slice(header, index, plane) for header in headers for index, plane in enumerate(header.planes)]
    slices.sort(key=lambda each: (each.header.instance_number, _BY_NAME(each.header.path), each.index))
    if not headers[0].is_stack:
        return Stack(tuple(slices))
    unplaced = sum(1 for each in slices if each.plane.position_mm is None or each.plane.orientation is None)
    if unplaced:
        said = f"{unplaced} of {len(slices)} pictures have no position; all are shown in the order of their numbers"
        return Stack(tuple(slices), (said,) if len(slices) > 1 else ())
    return _along_normal(slices)


def normal_of(plane: Plane) -> NDArray[np.float64] | None:
    """Return the direction (x, y, z), of length 1, at right angles to a plane: towards head, back or left."""
    if plane.orientation is None:
        return None
    normal = np.cross(plane.orientation[:3], plane.orientation[3:])
    length = float(np.linalg.norm(normal))
    if length < PARALLEL:
        return None
    return np.asarray(normal / length * np.sign(normal[np.argmax(np.abs(normal))]), np.float64)


def plane_name(plane: Plane) -> str:
    """Return ``axial``, ``sagittal`` or ``coronal``, whichever is nearest; nothing where the direction is unknown."""
    normal = normal_of(plane)
    return "" if normal is None else name_of_direction(normal)


def shown_plane(picture: Slice) -> ImagePlane | None:
    """Return where a picture lies as it is shown, turned or not; None where the header does not say enough."""
    plane = picture.plane
    if plane.position_mm is None or plane.orientation is None or plane.spacing_mm is None:
        return None
    corner = np.asarray(plane.position_mm, np.float64)
    axes = np.reshape(plane.orientation, (2, 3))  # along a row, down a column
    lengths_px = picture.header.size[1] - 1, picture.header.size[0] - 1
    spacings_mm, turned = plane.spacing_mm[::-1], picture.turned[::-1]
    shown = []
    for axis, length_px, spacing_mm, is_turned in zip(axes, lengths_px, spacings_mm, turned, strict=True):
        corner = corner + axis * length_px * spacing_mm * is_turned
        shown.append(axis * (-1 if is_turned else 1))
    return ImagePlane(_xyz(corner), _xyz(shown[0]), _xyz(shown[1]), plane.thickness_mm)


def is_parallel(one: Plane, other: Plane) -> bool:
    """Whether two pictures have the same direction, or neither has a known one."""
    if one.orientation is None or other.orientation is None:
        return one.orientation is other.orientation
    return float(np.abs(np.subtract(one.orientation, other.orientation)).max()) < PARALLEL


def _xyz(vector: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(value) + 0.0 for value in vector)  # -0.0 becomes 0.0
    return x, y, z


def _along_normal(slices: Sequence[Slice]) -> Stack:
    normal = normal_of(slices[0].plane)
    if normal is None:
        return Stack(tuple(slices), ("the directions in the header are no directions; shown in the order of numbers",))
    turned = _turned(slices[0].plane)
    placed = sorted(
        (
            Slice(each.header, each.index, each.plane, float(np.dot(normal, each.plane.position_mm or ())), turned)
            for each in slices
        ),
        key=lambda each: each.position_mm or 0.0,
    )
    kept = [placed[0]]
    kept.extend(each for each in placed[1:] if _gap_mm(kept[-1], each) > SAME_MM)
    return Stack(tuple(kept), tuple(_remarks(kept, len(placed) - len(kept), normal)))


def _turned(plane: Plane) -> tuple[bool, bool]:
    """Return whether rows and columns are to be reversed for the radiological view of an axial slice.

    The patient's right is on the left of the picture, and the front of the patient at its top. Pictures of other
    directions, or with their sides exchanged, are shown as they are stored.
    """
    if plane.orientation is None or plane_name(plane) != "axial":
        return False, False
    along_row, down_column = plane.orientation[0], plane.orientation[4]
    if abs(along_row) < math.sqrt(0.5):
        return False, False
    return down_column < 0, along_row < 0


def _gap_mm(one: Slice, other: Slice) -> float:
    return (other.position_mm or 0.0) - (one.position_mm or 0.0)


def _remarks(slices: Sequence[Slice], duplicate_count: int, normal: NDArray[np.float64]) -> Iterator[str]:
    if duplicate_count:
        yield f"slices that lie where another one does are left out: {duplicate_count}"
    if any(slices[0].turned):
        yield "the slices are stored turned; they are shown with the patient's right on the left, the front at the top"
    if len(slices) < 2:
        return
    travel = np.subtract(slices[-1].plane.position_mm or (), slices[0].plane.position_mm or ())
    cosine = min(1.0, abs(float(np.dot(travel, normal))) / float(np.linalg.norm(travel)))
    tilt = math.degrees(math.acos(cosine))
    if tilt > TILT_DEGREES:
        yield f"the gantry was tilted by {tilt:.1f} degrees; distances are measured at right angles to the slices"
    thicknesses = Counter(each.plane.thickness_mm for each in slices if each.plane.thickness_mm)
    if len(thicknesses) > 1:
        said = " and ".join(f"{count} slices of {mm:g} mm" for mm, count in sorted(thicknesses.items()))
        yield f"the slices differ in thickness: {said}"
    yield from _gaps(slices)


def _gaps(slices: Sequence[Slice]) -> Iterator[str]:
    usual = _usual_gaps(slices)
    wide = [
        place
        for place, (one, other) in enumerate(itertools.pairwise(slices), start=1)
        if _gap_mm(one, other) > GAP * max(usual[one.plane.thickness_mm], usual[other.plane.thickness_mm])
    ]
    if wide:
        widest = max(_gap_mm(slices[place - 1], slices[place]) for place in wide)
        where = ", ".join(str(place) for place in wide[:5]) + (" ..." if len(wide) > 5 else "")
        yield f"slices are missing after slice {where}: up to {widest:.1f} mm are left out"


def _usual_gaps(slices: Sequence[Slice]) -> Mapping[float | None, float]:
    """Return the usual distance of neighbours by their thickness, and over all for one that has no neighbour of its."""
    gaps: dict[float | None, list[float]] = {each.plane.thickness_mm: [] for each in slices}
    for one, other in itertools.pairwise(slices):
        if one.plane.thickness_mm == other.plane.thickness_mm:
            gaps[one.plane.thickness_mm].append(_gap_mm(one, other))
    overall = median(_gap_mm(one, other) for one, other in itertools.pairwise(slices))
    return {thickness: median(found) if found else overall for thickness, found in gaps.items()}
