"""The header of a MetaImage, ``.mha`` or ``.mhd``, also of a sequence as PLUS and 3D Slicer write it.

References
----------
Kitware, MetaIO: MetaImage tags; https://itk.org/Wiki/ITK/MetaIO/Documentation.
PLUS toolkit, user manual: sequence file (Lasso et al. 2014, doi 10.1109/TBME.2014.2322864).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.storage import Encoding, Layout
from streamseg.volumes.stored import AxisKind, Stored, checked_affine, floats

# A header of a long sequence has a few lines a frame; what is longer than this is no header.
LONGEST_HEADER = 1 << 26
LONGEST_LINE = 1 << 16
_TYPES = MappingProxyType(
    {
        "MET_CHAR": "i1", "MET_UCHAR": "u1", "MET_SHORT": "i2", "MET_USHORT": "u2", "MET_INT": "i4", "MET_UINT": "u4",
        "MET_LONG": "i4", "MET_ULONG": "u4", "MET_LONG_LONG": "i8", "MET_ULONG_LONG": "u8", "MET_FLOAT": "f4",
        "MET_DOUBLE": "f8",
    }
)  # fmt: skip
_MODALITIES = MappingProxyType({"MET_MOD_CT": "CT", "MET_MOD_MR": "MR", "MET_MOD_NM": "NM", "MET_MOD_US": "US"})


def read_metaimage(path: Path) -> Stored:
    """Read what a MetaImage says of itself.

    Raises
    ------
    SourceUnreadableError
        It is none, is cut short, or stores its values in a way that is not read here.
    """
    fields, header_bytes = _read_fields(path)
    shape = tuple(int(number) for number in floats(_need(fields, "DimSize", path)))
    dimensions = _whole(fields, "NDims", 0)
    if not 2 <= dimensions <= 4 or len(shape) != dimensions:
        raise SourceUnreadableError(f"{path.name} has {dimensions} dimensions of size {shape}; 2 to 4 can be played")
    channels = _whole(fields, "ElementNumberOfChannels", 1)
    is_sequence = fields.get("Kinds", "").split()[-1:] in (["list"], ["time"]) or "Seq_Frame0000_Timestamp" in fields
    axes: list[AxisKind] = ["space"] * dimensions
    if is_sequence or dimensions == 4:
        axes[-1] = "time"
    spacing_mm = _spacing_mm(fields, axes.count("space"))
    if channels > 1:
        axes.insert(0, "colour")
    return Stored(
        form="MetaImage",
        layout=_layout(path, fields, (channels, *shape) if channels > 1 else shape, header_bytes),
        axes=tuple(axes),
        affine_mm=_affine_mm(fields, spacing_mm, dimensions),
        spacing_mm=spacing_mm,
        modality=_MODALITIES.get(fields.get("Modality", ""), ""),
        fields=fields if is_sequence else {},
    )


def _read_fields(path: Path) -> tuple[Mapping[str, str], int]:
    """Return the fields, and how many bytes they take; the last one says where the values are."""
    fields: dict[str, str] = {}
    with path.open("rb") as file:
        while file.tell() < LONGEST_HEADER:
            line = file.readline(LONGEST_LINE)
            key, equals, value = line.decode("utf-8", "replace").partition("=")
            if not equals and line.strip():
                break
            if not line:
                break
            fields[key.strip()] = value.strip()
            if key.strip() == "ElementDataFile":
                return fields, file.tell()
    raise SourceUnreadableError(f"{path.name} is no MetaImage, or its header was cut short; export it again")


def _need(fields: Mapping[str, str], key: str, path: Path) -> str:
    if not fields.get(key):
        raise SourceUnreadableError(f"the header of {path.name} lacks {key}; export it again")
    return fields[key]


def _layout(path: Path, fields: Mapping[str, str], shape: tuple[int, ...], header_bytes: int) -> Layout:
    kind = _need(fields, "ElementType", path).removesuffix("_ARRAY")
    if kind not in _TYPES:
        raise SourceUnreadableError(f"{path.name} holds values of type {kind}; {' '.join(_TYPES)} can be played")
    if not _is_true(fields, "BinaryData", default="True"):
        raise SourceUnreadableError(f"{path.name} holds its values as text; save it as binary data")
    place = fields["ElementDataFile"]
    if len(place.split()) > 1 or place.upper().startswith("LIST") or "%" in place:
        raise SourceUnreadableError(f"{path.name} spreads its values over several files; save it as one .mha")
    is_big = _is_true(fields, "BinaryDataByteOrderMSB") or _is_true(fields, "ElementByteOrderMSB")
    encoding: Encoding = "deflate" if _is_true(fields, "CompressedData") else "raw"
    is_local = place.upper() == "LOCAL"
    header_size = _whole(fields, "HeaderSize", 0)
    offset = header_bytes if is_local else None if header_size < 0 else header_size
    data_path = path if is_local else path.parent / place
    return Layout(data_path, shape, np.dtype(_TYPES[kind]).newbyteorder(">" if is_big else "<"), offset, encoding)


def _affine_mm(
    fields: Mapping[str, str], spacing_mm: tuple[float, ...] | None, dimensions: int
) -> NDArray[np.float64] | None:
    # The same under the names of older versions.
    directions = floats(fields.get("TransformMatrix") or fields.get("Rotation") or fields.get("Orientation") or "")
    origin_mm = floats(fields.get("Offset") or fields.get("Position") or fields.get("Origin") or "")
    if not spacing_mm or len(spacing_mm) != 3 or len(directions) != dimensions**2 or len(origin_mm) != dimensions:
        return None
    affine = np.eye(4)
    # The header lists one axis after the other: they are the columns.
    affine[:3, :3] = np.reshape(directions, (dimensions, dimensions))[:3, :3].T * spacing_mm
    affine[:3, 3] = origin_mm[:3]
    return checked_affine(affine)


def _spacing_mm(fields: Mapping[str, str], count: int) -> tuple[float, ...] | None:
    found = floats(fields.get("ElementSpacing") or fields.get("ElementSize") or "")[:count]
    return tuple(map(abs, found)) if len(found) == count and all(found) and np.isfinite(found).all() else None


def _whole(fields: Mapping[str, str], key: str, default: int) -> int:
    return int((*floats(fields.get(key, "")), default)[0])


def _is_true(fields: Mapping[str, str], key: str, *, default: str = "False") -> bool:
    return fields.get(key, default).lower().startswith(("t", "1"))
