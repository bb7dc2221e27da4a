"""Between OpenIGTLink's image messages and pictures with a place in space, both ways.

A message places its picture with axes to the patient's right, front and head (RAS) or, if it says so, to the left,
back and head as DICOM does (LPS). `streamseg.geometry.ImagePlane` is always LPS. What is sent is RAS, which 3D Slicer
takes a message for whatever it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyigtl import ImageMessage

from streamseg.errors import SourceUnreadableError
from streamseg.geometry import ImagePlane

# Where a picture lies that does not know it: upright in an axial view, first pixel at the origin.
UNPLACED = ImagePlane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
_RAS_TO_LPS = np.diag([-1.0, -1.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """The pixels of a message, and where they lie.

    Attributes
    ----------
    image
        Grey (H, W) uint8, RGB (H, W, 3) uint8, or Hounsfield units (H, W) int16.
    spacing_mm
        Distance between the centres of neighbouring pixels (row, column); None where the sender did not say.
    plane
        None where the sender did not say.
    """

    image: NDArray[Any]
    spacing_mm: tuple[float, float] | None = None
    plane: ImagePlane | None = None


def picture_of(message: Any) -> Picture:
    """Return the picture of an `ImageMessage`.

    Raises
    ------
    SourceUnreadableError
        It holds a volume, or values that are neither grey or RGB in 8 bits nor Hounsfield units in 16.
    """
    stored = message.image
    values = stored[0] if stored.ndim in (3, 4) and len(stored) == 1 else stored
    native = np.ascontiguousarray(values, values.dtype.newbyteorder("="))
    is_grey = native.ndim == 2 and native.dtype in (np.uint8, np.int16)
    is_colour = native.ndim == 3 and native.dtype == np.uint8 and native.shape[2] == 3
    if stored.shape[0] != 1 or native.size == 0 or not (is_grey or is_colour):
        raise SourceUnreadableError(
            f"device {message.device_name!r} sends {native.dtype} pictures of shape {stored.shape} (slices, height, "
            "width, components); send single slices of uint8 in grey or RGB, or of int16 in Hounsfield units"
        )
    matrix = np.asarray(message.ijk_to_world_matrix, np.float64)
    if not _is_said(matrix):
        return Picture(native)
    directions, lengths = matrix[:3, :3], np.linalg.norm(matrix[:3, :3], axis=0)
    to_lps = _RAS_TO_LPS if message.world_coordinate_system == "ras" else np.eye(3)
    plane = ImagePlane(
        origin_mm=_point(to_lps @ matrix[:3, 3]),
        across=_point(to_lps @ directions[:, 0] / lengths[0]),
        down=_point(to_lps @ directions[:, 1] / lengths[1]),
        thickness_mm=float(lengths[2]) or None,
    )
    return Picture(native, (float(lengths[1]), float(lengths[0])), plane)


def message_of(
    image: NDArray[np.uint8],
    device: str,
    *,
    spacing_mm: tuple[float, float] | None,
    plane: ImagePlane | None,
    time_s: float,
) -> Any:
    """Return the `ImageMessage` of a grey picture (H, W), in RAS.

    Parameters
    ----------
    spacing_mm
        (row, column); where None, a pixel counts as 1 mm.
    time_s
        Seconds since 1970, for the header.
    """
    row_mm, column_mm = spacing_mm or (1.0, 1.0)
    plane = plane or UNPLACED
    matrix = np.eye(4)
    matrix[:3, 0] = np.multiply(plane.across, column_mm)
    matrix[:3, 1] = np.multiply(plane.down, row_mm)
    matrix[:3, 2] = np.cross(plane.across, plane.down) * (plane.thickness_mm or 1.0)
    matrix[:3, 3] = plane.origin_mm
    matrix[:3] = _RAS_TO_LPS @ matrix[:3]  # its own inverse
    return ImageMessage(
        image[np.newaxis],
        ijk_to_world_matrix=matrix,
        world_coordinate_system="ras",
        timestamp=time_s,
        device_name=device,
    )


def _is_said(matrix: NDArray[np.float64]) -> bool:
    """Whether ``matrix`` was filled in: numbers that make sense, and not pixels of 1 mm along the axes, the default."""
    directions = matrix[:3, :3]
    if not np.isfinite(matrix).all() or (np.linalg.norm(directions[:, :2], axis=0) < 1e-6).any():
        return False
    return not np.array_equal(directions, np.eye(3))


def _point(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in values)
    return x, y, z
