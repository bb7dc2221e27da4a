"""The header of an NRRD file, ``.nrrd`` or ``.nhdr``, also of a sequence as PLUS and 3D Slicer write it.

References
----------
Kindlmann, Definition of NRRD File Format, http://teem.sourceforge.net/nrrd/format.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nrrd
import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.storage import Encoding, Layout
from streamseg.volumes.stored import AxisKind, Stored, checked_affine

# Signs that bring the axes of a space to DICOM's: to the left, the back and the head.
_SPACES = MappingProxyType(
    {
        "left-posterior-superior": (1, 1, 1), "lps": (1, 1, 1),
        "right-anterior-superior": (-1, -1, 1), "ras": (-1, -1, 1),
        "left-anterior-superior": (1, -1, 1), "las": (1, -1, 1),
        "left-posterior-superior-time": (1, 1, 1), "lpst": (1, 1, 1),
        "right-anterior-superior-time": (-1, -1, 1), "rast": (-1, -1, 1),
        "left-anterior-superior-time": (1, -1, 1), "last": (1, -1, 1),
    }
)  # fmt: skip
_COLOURS = frozenset({"rgb-color", "rgba-color", "3-color", "4-color", "vector", "3-vector"})
_MOMENTS = frozenset({"list", "time"})
_ENCODINGS: Mapping[str, Encoding] = MappingProxyType(
    {"raw": "raw", "gzip": "deflate", "gz": "deflate", "bzip2": "bzip2", "bz2": "bzip2"}
)
_TYPES = MappingProxyType(
    {
        **dict.fromkeys(("signed char", "int8", "int8_t"), "i1"),
        **dict.fromkeys(("uchar", "unsigned char", "uint8", "uint8_t"), "u1"),
        **dict.fromkeys(("short", "short int", "signed short", "signed short int", "int16", "int16_t"), "i2"),
        **dict.fromkeys(("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"), "u2"),
        **dict.fromkeys(("int", "signed int", "int32", "int32_t"), "i4"),
        **dict.fromkeys(("uint", "unsigned int", "uint32", "uint32_t"), "u4"),
        **dict.fromkeys(("longlong", "long long", "long long int", "signed long long", "signed long long int"), "i8"),
        **dict.fromkeys(("int64", "int64_t"), "i8"),
        **dict.fromkeys(("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"), "u8"),
        "float": "f4",
        "double": "f8",
    }
)
_UNITS_MM = MappingProxyType({"mm": 1.0, "cm": 10.0, "m": 1000.0, "um": 0.001})


def read_nrrd(path: Path) -> Stored:
    """Read what an NRRD file says of itself.

    Raises
    ------
    SourceUnreadableError
        It is none, is cut short, or stores its values in a way that is not read here.
    """
    try:
        with path.open("rb") as file:
            header = nrrd.read_header(file)
            layout = _layout(path, header, file.tell())
        axes = _axes(header)
        affine_mm, spacing_mm = _place(header, axes)
    # The library tells of damage by all of these; an empty file is a StopIteration.
    except (nrrd.NRRDError, LookupError, ValueError, TypeError, OverflowError, StopIteration) as err:
        raise SourceUnreadableError(
            f"{path.name} is no NRRD file, or its header is damaged ({type(err).__name__}); export it again"
        ) from err
    fields = {str(key): str(value) for key, value in header.items()}
    is_sequence = "time" in axes and axes.count("space") == 2
    return Stored(
        form="NRRD",
        layout=layout,
        axes=axes,
        affine_mm=affine_mm,
        spacing_mm=spacing_mm,
        modality=next((fields[key].upper() for key in ("modality", "DICOM_0008_0060") if key in fields), ""),
        fields=fields if is_sequence else {},
    )


def _layout(path: Path, header: Mapping[str, Any], header_bytes: int) -> Layout:
    encoding = str(header["encoding"]).lower()
    place = str(header.get("data file", header.get("datafile", "")))
    if encoding not in _ENCODINGS or int(header.get("line skip", header.get("lineskip", 0))):
        raise SourceUnreadableError(f"{path.name} is stored as {encoding}; save it as raw or gzip")
    if place.upper().startswith("LIST") or len(place.split()) > 1 or "%" in place:
        raise SourceUnreadableError(f"{path.name} spreads its values over several files; save it as one .nrrd")
    skip = int(header.get("byte skip", header.get("byteskip", 0)))
    start = 0 if place else header_bytes
    is_packed = encoding != "raw"
    return Layout(
        path.parent / place if place else path,
        tuple(int(length) for length in header["sizes"]),
        _dtype(path, header),
        start if is_packed else None if skip < 0 else start + skip,
        _ENCODINGS[encoding],
        skip=skip if is_packed else 0,
    )


def _dtype(path: Path, header: Mapping[str, Any]) -> np.dtype[Any]:
    kind = str(header["type"])
    if kind not in _TYPES:
        raise SourceUnreadableError(f"{path.name} holds values of type {kind}; whole and real numbers can be played")
    name = _TYPES[kind]
    order = "" if name.endswith("1") else {"little": "<", "big": ">"}[str(header["endian"]).lower()]
    return np.dtype(order + name)


def _axes(header: Mapping[str, Any]) -> tuple[AxisKind, ...]:
    dimension = int(header["dimension"])
    given = header.get("kinds") or ["domain"] * dimension
    kinds = [str(kind).lower() for kind in given]
    if len(kinds) != dimension or len(header["sizes"]) != dimension:
        raise ValueError(f"{dimension} dimensions, {len(kinds)} kinds and {len(header['sizes'])} sizes")
    axes: list[AxisKind] = ["colour" if kind in _COLOURS else "time" if kind in _MOMENTS else "space" for kind in kinds]
    if axes.count("space") == 4 and "time" not in axes:
        axes[-1] = "time"
    return tuple(axes)


def _place(
    header: Mapping[str, Any], axes: tuple[AxisKind, ...]
) -> tuple[NDArray[np.float64] | None, tuple[float, ...] | None]:
    """Return the affine and the spacing of the axes in space, each None where the header does not say."""
    space = [place for place, kind in enumerate(axes) if kind == "space"]
    if "space directions" not in header:
        return None, _lengths(np.asarray(header.get("spacings", np.full(len(axes), np.nan)), np.float64)[space])
    # A row for each axis; those that are not in space have none.
    directions = np.asarray(header["space directions"], np.float64)[space, :3] * _unit_mm(header)
    spacing_mm = _lengths(np.linalg.norm(directions, axis=1))
    signs = _SPACES.get(str(header.get("space", "")).lower())
    if signs is None or directions.shape != (3, 3):
        return None, spacing_mm
    origin_mm = np.asarray(header.get("space origin", np.zeros(3)), np.float64)[:3] * _unit_mm(header)
    affine = np.eye(4)
    affine[:3, :3] = directions.T * np.reshape(signs, (3, 1))
    affine[:3, 3] = origin_mm * signs
    return checked_affine(affine), spacing_mm


def _lengths(spacings: NDArray[np.float64]) -> tuple[float, ...] | None:
    lengths = np.abs(spacings)
    return tuple(lengths.tolist()) if np.isfinite(lengths).all() and lengths.all() else None


def _unit_mm(header: Mapping[str, Any]) -> float:
    units = header.get("space units") or ["mm"]
    return _UNITS_MM.get(str(units[0]).lower(), 1.0)
