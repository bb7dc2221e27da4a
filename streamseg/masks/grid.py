"""Where the voxels of a volume lie that is made of masks, if they lie evenly at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import ImagePlane
from streamseg.masks.kept import KeptMask

# Positions are written with a few decimals; what differs by less is the same.
SAME_MM = 0.02
# Directions are the same within about half a degree.
PARALLEL = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """An even grid of voxels.

    Attributes
    ----------
    axes
        (3, 3): the directions (x, y, z) in which columns, rows and slices are counted, one a row, with DICOM's axes.
    spacing
        Of columns, rows and slices, in mm where known, else 1.
    origin
        (x, y, z) of the centre of the first voxel.
    is_placed
        Whether the grid lies in the patient, and is not made up of numbers of rows, columns and frames.
    """

    axes: NDArray[np.float64]
    spacing: tuple[float, float, float]
    origin: NDArray[np.float64]
    is_placed: bool

    @property
    def affine(self) -> NDArray[np.float64]:
        """(4, 4) from (column, row, slice) to (x, y, z) with DICOM's axes."""
        affine = np.eye(4)
        affine[:3, :3] = self.axes.T * self.spacing
        affine[:3, 3] = self.origin
        return affine


def grid_of(masks: Sequence[KeptMask]) -> Grid:
    """Return the grid on which ``masks`` lie, in the order of their stack.

    Raises
    ------
    ValueError
        They lie on none; the message says why.
    """
    first = masks[0]
    if any(each.size != first.size for each in masks):
        raise ValueError("the pictures differ in size")
    if any(each.frame.spacing_mm != first.frame.spacing_mm for each in masks):
        raise ValueError("the distance between pixels differs from picture to picture")
    rows, columns = first.frame.spacing_mm or (1.0, 1.0)
    planes = [each.frame.plane for each in masks if each.frame.plane is not None]
    if first.frame.spacing_mm is None or not planes:
        return Grid(np.eye(3), (columns, rows, 1.0), np.zeros(3), is_placed=False)
    if len(planes) < len(masks):
        raise ValueError("some pictures say where they lie and others do not")
    across, down = np.asarray(planes[0].across), np.asarray(planes[0].down)
    normal = np.cross(across, down)
    if any(np.abs(np.subtract((each.across, each.down), (across, down))).max() > PARALLEL for each in planes):
        raise ValueError("the slices have different directions")
    step = _step(planes, normal)
    length = float(np.linalg.norm(step))
    axes = np.stack((across, down, step / length))
    return Grid(axes, (columns, rows, length), np.asarray(planes[0].origin_mm), is_placed=True)


def _step(planes: Sequence[ImagePlane], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the way (x, y, z) from each slice to the next in mm, along the normal or against it."""
    if len(planes) == 1:
        return normal * (planes[0].thickness_mm or 1.0)
    steps = np.diff([each.origin_mm for each in planes], axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    if np.ptp(lengths) > SAME_MM:
        raise ValueError(f"the slices lie {lengths.min():.2f} to {lengths.max():.2f} mm apart")
    step = np.asarray(steps.mean(axis=0), np.float64)
    if np.abs(steps - step).max() > SAME_MM or np.linalg.norm(step) < SAME_MM:
        raise ValueError("the slices do not follow one another in one direction")
    if np.linalg.norm(np.cross(step, normal)) > PARALLEL * np.linalg.norm(step):
        raise ValueError("the gantry was tilted, so that the slices do not lie square over one another")
    return step
