"""A volume seen along a direction of the patient: which voxel is shown where, and where that is in millimetres.

The axes of space are DICOM's: x to the patient's left, y to the back, z to the head.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import ImagePlane
from streamseg.settings.groups import Axis

# Where slices, rows and columns go: the axis of space, and whether along or against it.
_WAYS = MappingProxyType(
    {
        "axial": ((2, 1), (1, 1), (0, 1)),
        "coronal": ((1, 1), (2, -1), (0, 1)),
        "sagittal": ((0, 1), (2, -1), (1, 1)),
    }
)
SIDES = MappingProxyType(
    {
        "axial": "patient's right on the left, front at the top",
        "coronal": "patient's right on the left, head at the top",
        "sagittal": "patient's front on the left, head at the top",
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A volume with its axes in the order in which they are shown.

    Attributes
    ----------
    voxels
        (slices, rows, columns) or with colours last; a view of what was read, nothing is copied.
    affine_mm
        (4, 4) from (slice, row, column) to (x, y, z) in mm; None where that is not known.
    spacing_mm
        Distance between the centres of neighbouring pixels (row, column); None where that is not known.
    step_mm
        Distance between neighbouring slices at right angles to them; None where that is not known.
    """

    voxels: NDArray[Any]
    affine_mm: NDArray[np.float64] | None = None
    spacing_mm: tuple[float, float] | None = None
    step_mm: float | None = None

    @property
    def lean_degrees(self) -> float:
        """By how much the line from slice to slice is off the right angle to them; 0 where that is not known."""
        return 0.0 if self.affine_mm is None else _degrees(normal_of(self.affine_mm), self.affine_mm[:3, 0])

    @property
    def skew_degrees(self) -> float:
        """By how much rows and columns are off the right angle to each other; 0 where that is not known."""
        if self.affine_mm is None:
            return 0.0
        return 90 - _degrees(self.affine_mm[:3, 1], self.affine_mm[:3, 2])

    def plane(self, place: float, thickness_mm: float | None = None) -> ImagePlane | None:
        """Return where a slice lies; ``place`` may lie between two of them."""
        if self.affine_mm is None:
            return None
        across, down = (self.affine_mm[:3, own] / np.linalg.norm(self.affine_mm[:3, own]) for own in (2, 1))
        return ImagePlane(triple(self._origin_mm(self.affine_mm, place)), triple(across), triple(down), thickness_mm)

    def position_mm(self, place: float) -> float | None:
        """Return where a slice crosses the line at right angles to all of them."""
        if self.affine_mm is None:
            return None
        return float(normal_of(self.affine_mm) @ self._origin_mm(self.affine_mm, place))

    @staticmethod
    def _origin_mm(affine_mm: NDArray[np.float64], place: float) -> NDArray[np.float64]:
        return np.asarray((affine_mm @ (place, 0.0, 0.0, 1.0))[:3], np.float64)


def look_along(
    voxels: NDArray[Any],
    affine_mm: NDArray[np.float64] | None,
    spacing_mm: tuple[float, ...] | None,
    axis: Axis,
) -> View:
    """Return ``voxels`` (I, J, K) or (I, J, K, 3) as seen along ``axis``; as stored where the affine is not known."""
    order, signs = ((2, 1, 0), (1, 1, 1)) if affine_mm is None or axis == "stored" else _ways(affine_mm, axis)
    steps = tuple(slice(None, None, sign) for sign in signs)
    shown = voxels.transpose(*order, *range(3, voxels.ndim))[steps]
    if affine_mm is None:
        across, down, step = (*(spacing_mm or ()), None, None, None)[:3]
        return View(shown, None, (down, across) if across and down else None, step)
    turned = np.eye(4)
    turned[:3, :3] = affine_mm[:3, order] * signs
    turned[:3, 3] = affine_mm[:3, 3]
    for own, sign in zip(order, signs, strict=True):
        if sign < 0:
            turned[:3, 3] += affine_mm[:3, own] * (voxels.shape[own] - 1)
    down, across = (float(np.linalg.norm(turned[:3, own])) for own in (1, 2))
    return View(shown, turned, (down, across), abs(float(normal_of(turned) @ turned[:3, 0])))


def normal_of(affine_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the direction of length 1 at right angles to the slices of a view: towards head, back or left."""
    normal = np.cross(affine_mm[:3, 2], affine_mm[:3, 1])
    normal /= np.linalg.norm(normal)
    return np.asarray(normal * np.sign(normal[np.argmax(np.abs(normal))]), np.float64)


def nearest_axes(affine_mm: NDArray[np.float64]) -> tuple[int, int, int]:
    """Return for each stored axis the axis of space (0, 1, 2) that it is to be taken for, no two the same."""
    cosines = np.abs(affine_mm[:3, :3] / np.linalg.norm(affine_mm[:3, :3], axis=0))
    # The same order of trials for all: a volume at 45 degrees is not seen one way or the other by rounding.
    first, second, third = max(
        itertools.permutations(range(3)),
        key=lambda axes: round(sum(float(cosines[axis, own]) for own, axis in enumerate(axes)), 6),
    )
    return first, second, third


def obliqueness_degrees(affine_mm: NDArray[np.float64]) -> float:
    """Return by how many degrees the axis that is farthest from those of the patient differs from it."""
    return max(_degrees(np.eye(3)[axis], affine_mm[:3, own]) for own, axis in enumerate(nearest_axes(affine_mm)))


def triple(values: Any) -> tuple[float, float, float]:
    """Return three numbers as a tuple."""
    x, y, z = (float(value) + 0.0 for value in values)  # -0.0 becomes 0.0
    return x, y, z


def _ways(affine_mm: NDArray[np.float64], axis: Axis) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Return which stored axes become slices, rows and columns, and which of them are turned round (-1)."""
    nearest = nearest_axes(affine_mm)
    slices, rows, columns = (nearest.index(towards) for towards, _ in _WAYS[axis])
    order = slices, rows, columns
    along, down, across = (
        sign * (-1 if affine_mm[towards, own] < 0 else 1)
        for own, (towards, sign) in zip(order, _WAYS[axis], strict=True)
    )
    return order, (along, down, across)


def _degrees(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the angle between two lines, 0 to 90."""
    cosine = abs(float(one @ other)) / float(np.linalg.norm(one) * np.linalg.norm(other))
    return math.degrees(math.acos(min(1.0, cosine)))
