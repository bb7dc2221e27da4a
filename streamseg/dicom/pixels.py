"""Decodes the pictures of a DICOM file, to Hounsfield units or to display levels.

References
----------
DICOM PS3.3 C.7.6.3.1.2 (Photometric Interpretation), C.11.1 (rescale), C.11.2.1.2 (window).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from streamseg.dicom.apart import Apart
from streamseg.dicom.compression import EXTRA, is_decoded, is_gdcm_of_use, plugin_for, remedy
from streamseg.dicom.reading import FAULTS, quietly
from streamseg.dicom.stack import Slice
from streamseg.errors import MissingDependencyError, SourceUnreadableError

_HU_LIMITS = np.iinfo(np.int16)


@dataclass(frozen=True, slots=True)
class Levels:
    """Which values become black and white: those at or below ``low``, and at or above ``high``."""

    low: float
    high: float


def check_syntaxes(pictures: Sequence[Slice]) -> None:
    """Make sure that pictures stored like these can be decoded here.

    Raises
    ------
    MissingDependencyError
        They can once a plugin is installed.
    SourceUnreadableError
        They cannot.
    """
    headers = {picture.header.syntax: picture.header for picture in pictures}
    for syntax, header in headers.items():
        _check_syntax(syntax, header.path.name)


def stored_values(picture: Slice, apart: Apart) -> NDArray[Any]:
    """Decode one picture as it is stored, (H, W), or as RGB (H, W, 3), its rows and columns as they are shown.

    Parameters
    ----------
    apart
        Decodes what GDCM must decode.

    Raises
    ------
    SourceUnreadableError
        Its pixels are missing, damaged or cut short.
    """
    header = picture.header
    try:
        with quietly():
            values = _decode(picture, apart)
    except FAULTS as err:
        kind = f", or a kind of {header.syntax.name} that is not decoded here" if header.syntax.is_compressed else ""
        hint = f"; {EXTRA} may help" if kind and is_gdcm_of_use(header.syntax) else ""
        raise SourceUnreadableError(
            f"picture {picture.index} of {header.path.name} cannot be decoded: it is damaged or cut short{kind}{hint}"
        ) from err
    shape = header.size if header.samples == 1 else (*header.size, header.samples)
    if values.shape not in (shape, (*header.size, 3)):
        raise SourceUnreadableError(
            f"picture {picture.index} of {header.path.name} is {values.shape}, its header says {shape}"
        )
    turned_rows, turned_columns = picture.turned
    return values[:: -1 if turned_rows else 1, :: -1 if turned_columns else 1]


def to_hounsfield(values: NDArray[Any], rescale: tuple[float, float]) -> NDArray[np.int16]:
    """Return stored ``values`` (H, W) times slope plus intercept, rounded to whole Hounsfield units."""
    slope, intercept = rescale
    if slope == 1 and intercept.is_integer():
        scaled = values.astype(np.int32) + int(intercept)
    else:
        scaled = np.rint(values.astype(np.float64) * slope + intercept).astype(np.int64)
    return np.clip(scaled, _HU_LIMITS.min, _HU_LIMITS.max).astype(np.int16)


def display_levels(picture: Slice, values: NDArray[Any]) -> Levels | None:
    """Return what of a series is black and white, from one picture's ``values``; None where all 8 bits are."""
    data, plane = picture.header.data, picture.plane
    if values.ndim == 3:
        return None
    slope, intercept = plane.rescale or (1.0, 0.0)
    if plane.window is not None:
        centre, width = plane.window
        # A linear window loses half a step at its lower end, an exact one does not.
        shift = 0.0 if data.get("VOILUTFunction") == "LINEAR_EXACT" else 0.5
        low = centre - shift - (width - 2 * shift) / 2
        return Levels(low, max(low + 1e-6, low + width - 2 * shift))
    if values.dtype == np.uint8 and (slope, intercept) == (1.0, 0.0):
        return None
    ends = (float(values.min()) * slope + intercept, float(values.max()) * slope + intercept)
    return Levels(min(ends), max(*ends, min(ends) + 1))


def to_display(picture: Slice, values: NDArray[Any], levels: Levels | None) -> NDArray[np.uint8]:
    """Return ``values`` as grey (H, W) or RGB (H, W, 3), 0 to 255; MONOCHROME1 is turned so that high is bright."""
    data = picture.header.data
    if values.ndim == 3:
        return _to_bytes(values, int(data.get("BitsStored") or 8))
    if levels is not None:
        slope, intercept = picture.plane.rescale or (1.0, 0.0)
        above = values * np.float32(slope) + np.float32(intercept - levels.low)
        values = np.rint(np.clip(above / np.float32(levels.high - levels.low), 0, 1) * 255).astype(np.uint8)
    grey = np.asarray(values, np.uint8)
    return np.invert(grey) if data.get("PhotometricInterpretation") == "MONOCHROME1" else grey


def _decode(picture: Slice, apart: Apart) -> NDArray[Any]:
    header = picture.header
    plugin = plugin_for(header.syntax, bits=int(header.data.get("BitsStored") or 8))
    if header.syntax == DeflatedExplicitVRLittleEndian:
        # Compressed as a whole: there is no place in the file where a picture begins.
        values = pixel_array(pydicom.dcmread(header.path), index=picture.index)
    elif plugin == "gdcm":
        values = apart.values(header.path, picture.index)
    else:
        values = pixel_array(header.path, index=picture.index, decoding_plugin=plugin)
    if header.data.get("PhotometricInterpretation") == "PALETTE COLOR":
        return _to_bytes(apply_color_lut(values, header.data), _palette_bits(header.data))
    return values


def _palette_bits(data: Dataset) -> int:
    """Return how many bits the colours of a palette really have: some hold 8 in entries of 16."""
    entries = data["RedPaletteColorLookupTableData"].value
    is_wide = data["RedPaletteColorLookupTableDescriptor"].value[2] > 8 and len(entries) % 2 == 0
    return 16 if is_wide and np.frombuffer(entries, np.uint16).max(initial=0) > 255 else 8


def _to_bytes(values: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    return np.ascontiguousarray(values if bits <= 8 else values >> (bits - 8), np.uint8)


def _check_syntax(syntax: UID, name: str) -> None:
    if is_decoded(syntax):
        return
    command = remedy(syntax)
    form = syntax.name if syntax.type == "Transfer Syntax" else "something unknown"
    if command is not None:
        raise MissingDependencyError(f"{name} is stored as {form}, which needs one more package: {command}")
    raise SourceUnreadableError(
        f"{name} is stored as {form}, which is not decoded here; export it as uncompressed DICOM or as a video"
    )
