"""What the header of a DICOM file says of its pictures. Elements that identify a patient are not among those read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import UID

from streamseg.dicom.reading import FAULTS, quietly, read_tags
from streamseg.errors import SourceUnreadableError

KEYWORDS = (
    "BitsAllocated", "BitsStored", "BluePaletteColorLookupTableData", "BluePaletteColorLookupTableDescriptor",
    "CineRate", "Columns", "FrameTime", "FrameTimeVector", "GreenPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableDescriptor", "ImageOrientationPatient", "ImagePositionPatient", "ImageType",
    "InstanceNumber", "Modality", "NumberOfFrames", "PerFrameFunctionalGroupsSequence", "PhotometricInterpretation",
    "PixelRepresentation", "PixelSpacing", "RecommendedDisplayFrameRate", "RedPaletteColorLookupTableData",
    "RedPaletteColorLookupTableDescriptor", "RescaleIntercept", "RescaleSlope", "Rows", "SamplesPerPixel",
    "SequenceOfUltrasoundRegions", "SeriesInstanceUID", "SeriesNumber", "SharedFunctionalGroupsSequence",
    "SliceThickness", "StudyInstanceUID", "VOILUTFunction", "WindowCenter", "WindowWidth",
)  # fmt: skip
# Objects that hold numbers about pictures and not pictures to look at.
NO_PICTURES = frozenset(
    {"AU", "DOC", "ECG", "EPS", "FID", "HD", "KO", "PLAN", "PR", "REG", "RTDOSE", "RTPLAN", "RTRECORD", "RTSTRUCT"}
    | {"SEG", "SMR", "SR"}
)
# No picture is larger, 16384x16384, or takes less room in a file. What promises more would be made room for in vain.
MOST_PIXELS, LEAST_BYTES = 2**28, 8
# Where an enhanced multi-frame object keeps what others say once.
_MACROS = (
    "PlanePositionSequence", "PlaneOrientationSequence", "PixelMeasuresSequence", "PixelValueTransformationSequence",
    "FrameVOILUTSequence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plane:
    """Where a picture lies in the patient, and what its values mean; None for what the header does not say.

    Attributes
    ----------
    position_mm
        (x, y, z) of the centre of its first pixel: to the patient's left, back and head.
    orientation
        Directions along a row and down a column, (x, y, z) each, of length 1.
    spacing_mm
        Distance between the centres of neighbouring pixels (row, column).
    rescale
        (slope, intercept) from stored values to Hounsfield units or others.
    window
        (centre, width) of the values to show, after the rescale.
    """

    position_mm: tuple[float, ...] | None = None
    orientation: tuple[float, ...] | None = None
    spacing_mm: tuple[float, float] | None = None
    thickness_mm: float | None = None
    rescale: tuple[float, float] | None = None
    window: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """One DICOM file that holds pictures.

    Attributes
    ----------
    study, series
        Identifiers, to be compared and never to be shown.
    size
        (height, width) in pixels.
    planes
        One for each picture, in the order of the file.
    is_stack
        Whether each picture may lie elsewhere: not in a cine, all pictures of which share one plane.
    data
        The elements of `KEYWORDS` that the file has.
    """

    path: Path
    study: str
    series: str
    modality: str
    size: tuple[int, int]
    samples: int
    syntax: UID
    series_number: int | None
    instance_number: int
    planes: tuple[Plane, ...]
    is_stack: bool
    data: Dataset

    @property
    def is_hounsfield(self) -> bool:
        """Whether the pictures can be had in Hounsfield units: CT whose header says how."""
        return self.modality == "CT" and self.samples == 1 and all(plane.rescale for plane in self.planes)


def read_header(path: Path) -> Header | None:
    """Read what the file says of its pictures; None where it holds none to look at, such as a report or a mask.

    Raises
    ------
    SourceUnreadableError
        The file is no DICOM, is damaged or cut short, or contradicts itself.
    """
    data = read_tags(path, KEYWORDS)
    try:
        with quietly():
            return _header(path, data)
    except FAULTS as err:
        raise SourceUnreadableError(
            f"the header of {path.name} is cut short or holds what it may not ({type(err).__name__}); export it again"
        ) from err


def numbers(data: Dataset, keyword: str) -> tuple[float, ...]:
    """Return the numbers of an element, one or several; none where it is missing, empty, or holds anything else."""
    value = data.get(keyword)
    if value is None or value == "":
        return ()
    try:
        found = tuple(float(each) for each in ([value] if isinstance(value, str) else np.atleast_1d(value)))
    except (TypeError, ValueError):
        return ()
    return found if all(math.isfinite(each) for each in found) else ()


def _header(path: Path, data: Any) -> Header | None:
    for _ in data.iterall():
        pass  # pydicom converts an element, and warns of its value, when it is first looked at: here, where it is quiet
    modality = str(data.get("Modality") or "")
    if not (modality.isascii() and modality.isalnum()):
        modality = "OT" if modality else ""  # other: damaged text is not shown
    if modality in NO_PICTURES or not (modality or "Rows" in data):
        return None
    size, bits = (int(data.Rows), int(data.Columns)), int(data.BitsAllocated)
    if 0 in size or size[0] * size[1] > MOST_PIXELS:
        raise ValueError(f"a picture of {size}")
    if bits not in (8, 16):
        return None
    count = max(1, int(data.get("NumberOfFrames") or 1))
    if count > path.stat().st_size // LEAST_BYTES:
        raise ValueError(f"{count} pictures in a file that is too short for them")
    groups = data.get("PerFrameFunctionalGroupsSequence") or ()
    planes = tuple(_enhanced_planes(data, groups, count)) if groups else (_plane([data]),) * count
    number = data.get("SeriesNumber")
    return Header(
        path=path,
        study=str(data.get("StudyInstanceUID") or ""),
        series=str(data.get("SeriesInstanceUID") or ""),
        modality=modality,
        size=size,
        samples=int(data.get("SamplesPerPixel") or 1),
        syntax=UID(data.file_meta.TransferSyntaxUID),
        series_number=None if number is None else int(number),
        instance_number=int(data.get("InstanceNumber") or 0),
        planes=planes,
        is_stack=bool(groups) or count == 1,
        data=data,
    )


def _enhanced_planes(data: Dataset, groups: Sequence[Dataset], count: int) -> Iterator[Plane]:
    if len(groups) != count:
        raise ValueError(f"{len(groups)} descriptions for {count} pictures")
    shared = data.get("SharedFunctionalGroupsSequence") or [Dataset()]
    for group in groups:
        macros = ((group.get(name) or shared[0].get(name) or [Dataset()])[0] for name in _MACROS)
        yield _plane([*macros, data])


def _plane(sources: Sequence[Dataset]) -> Plane:
    """Return the plane that ``sources`` describe, the first of them that holds an element."""

    def get(keyword: str, count: int) -> tuple[float, ...] | None:
        found = next((values for source in sources if (values := numbers(source, keyword))), ())
        return found[:count] if len(found) >= count else None

    spacing, thickness = get("PixelSpacing", 2), get("SliceThickness", 1)
    slope, intercept = get("RescaleSlope", 1), get("RescaleIntercept", 1)
    centre, width = get("WindowCenter", 1), get("WindowWidth", 1)
    return Plane(
        position_mm=get("ImagePositionPatient", 3),
        orientation=get("ImageOrientationPatient", 6),
        spacing_mm=(spacing[0], spacing[1]) if spacing and min(spacing) > 0 else None,
        thickness_mm=thickness[0] if thickness and thickness[0] > 0 else None,
        rescale=(slope[0], intercept[0]) if slope and intercept and slope[0] != 0 else None,
        window=(centre[0], width[0]) if centre and width and width[0] >= 1 else None,
    )
