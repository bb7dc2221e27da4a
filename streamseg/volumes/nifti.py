"""The header of a NIfTI file, version 1 or 2, packed by gzip or not.

References
----------
NIfTI-1 Data Format, https://nifti.nimh.nih.gov/nifti-1.
"""

from __future__ import annotations

import io
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from nibabel.nifti1 import Nifti1Header
from nibabel.nifti2 import Nifti2Header
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.storage import Layout, read_start
from streamseg.volumes.stored import AxisKind, Stored, checked_affine

# A fifth axis holds the parts of each value.
_AXES: tuple[AxisKind, ...] = ("space", "space", "space", "time", "colour")
_HEADER_BYTES = 540  # of version 2; version 1 takes 348
# From NIfTI's axes, towards right, front and head, to DICOM's.
_TO_DICOM = np.diag([-1.0, -1.0, 1.0, 1.0])
# Millimetres, also where the header says no unit.
_UNITS_MM = MappingProxyType({"meter": 1000.0, "mm": 1.0, "micron": 0.001, "unknown": 1.0})


def read_nifti(path: Path) -> Stored:
    """Read what a NIfTI file says of itself.

    Raises
    ------
    SourceUnreadableError
        It is none, or stores its values in a way that is not read here.
    """
    start = read_start(path, _HEADER_BYTES)
    headers: tuple[Any, ...] = (Nifti1Header, Nifti2Header)
    kinds = (kind for kind in headers if kind.may_contain_header(start))
    kind = next(kinds, None)
    if kind is None or len(start) < kind.sizeof_hdr:
        raise SourceUnreadableError(f"{path.name} is no NIfTI file, or its header was cut short; export it again")
    try:
        # The check of nibabel would write its findings on the terminal.
        return _read(path, kind.from_fileobj(io.BytesIO(start), check=False), is_packed=_is_packed(path))
    except (HeaderDataError, KeyError, ValueError, OverflowError) as err:
        raise SourceUnreadableError(
            f"the header of {path.name} holds what it may not ({type(err).__name__}); export it again"
        ) from err


def _read(path: Path, header: Any, *, is_packed: bool) -> Stored:
    if header["magic"].item().rstrip(b"\0") not in (b"n+1", b"n+2", b"n+2\0\r\n\x1a\n"):
        raise SourceUnreadableError(f"{path.name} keeps its values in a second file; save it as one .nii or .nii.gz")
    shape = tuple(int(length) for length in header.get_data_shape())
    if len(shape) > len(_AXES):
        raise SourceUnreadableError(f"{path.name} has {len(shape)} dimensions; {len(_AXES)} can be played")
    dtype, is_colour = _dtype(header)
    scale = _UNITS_MM[header.get_xyzt_units()[0]]
    offset = int(header.get_data_offset())
    slope, intercept = header.get_slope_inter()
    return Stored(
        form="NIfTI",
        layout=Layout(
            path,
            (dtype.itemsize, *shape) if is_colour else shape,
            np.dtype(np.uint8) if is_colour else dtype,
            0 if is_packed else offset,
            "deflate" if is_packed else "raw",
            skip=offset if is_packed else 0,
        ),
        axes=("colour", *_AXES[: len(shape)]) if is_colour else _AXES[: len(shape)],
        affine_mm=_affine_mm(header, scale),
        spacing_mm=_spacing_mm(header, scale),
        rescale=(1.0, 0.0) if slope is None else (slope, intercept),
        display_range=_display_range(header),
    )


def _is_packed(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _dtype(header: Any) -> tuple[np.dtype[Any], bool]:
    """Return the type of the values, and whether it is that of a colour."""
    dtype = header.get_data_dtype()
    return dtype, dtype.names is not None


def _affine_mm(header: Any, scale: float) -> NDArray[np.float64] | None:
    """Return the affine of sform, else of qform; None where neither is set."""
    affine, code = header.get_sform(coded=True)
    if affine is None or code == 0:
        affine, code = header.get_qform(coded=True)
    if affine is None or code == 0:
        return None
    return checked_affine(np.diag([scale, scale, scale, 1.0]) @ _TO_DICOM @ np.asarray(affine, np.float64))


def _spacing_mm(header: Any, scale: float) -> tuple[float, ...] | None:
    zooms = [abs(float(zoom)) * scale for zoom in header["pixdim"][1:4]]
    return tuple(zooms) if all(zooms) and np.isfinite(zooms).all() else None


def _display_range(header: Any) -> tuple[float, float] | None:
    low, high = float(header["cal_min"]), float(header["cal_max"])
    return (low, high) if np.isfinite([low, high]).all() and low < high else None
