"""What the header says of an ultrasound cine: when each frame is shown, where the scan is, and its scale.

References
----------
DICOM PS3.3 C.7.6.5 (Cine), C.7.6.6 (Multi-frame), C.8.5.5 (US Region Calibration), C.8.5.6.1.1 (Image Type).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from streamseg.dicom.header import numbers
from streamseg.geometry import Box, Size

RATE_HZ = 25.0
UNTIMED = f"the header says no frame time; played at {RATE_HZ:g} frames per second"
MISFIT = (
    "the scan area in the header lies outside the picture, which was cropped or resized afterwards; neither the area "
    "nor its scale is used, and measurements are in pixels"
)
# No transducer shows more of a patient than this.
DEEPEST_MM = 400.0
_TWO_DIMENSIONAL, _CENTIMETRES = 1, 3
_COLOUR_FLOW = 2
# Bits of the fourth value of Image Type, hexadecimal: colour Doppler, colour M-mode, colour power mode.
_COLOUR_BITS = 0x0010 | 0x0020 | 0x0100


@dataclass(frozen=True, slots=True)
class ScanArea:
    """Where in the pictures the scan is, None where that is not said or not to be believed; and (row, column) in mm."""

    box: Box | None = None
    spacing_mm: tuple[float, float] | None = None
    warnings: tuple[str, ...] = ()


def media_times_ns(data: Dataset, count: int) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return when each of ``count`` frames is shown, from 0, growing; and what the user must know of it."""
    steps_ms = _vector_ms(data, count) or _even_ms(data, count)
    warnings = () if steps_ms or count == 1 else (UNTIMED,)
    steps_ms = steps_ms or (1000 / RATE_HZ,) * (count - 1)
    return tuple(round(total * 1e6) for total in itertools.accumulate(steps_ms, initial=0.0)), warnings


def scan_area(data: Dataset, size: Size) -> ScanArea:
    """Return the largest two-dimensional region of the header, if it lies inside a picture of ``size``.

    Only ultrasound has regions; without any, everything is None.
    """
    regions = data.get("SequenceOfUltrasoundRegions") or ()
    found = [region for region in regions if region.get("RegionSpatialFormat") == _TWO_DIMENSIONAL]
    boxes = [(box, region) for region in found if (box := _box(region)) is not None]
    if not boxes:
        return ScanArea()
    # All regions were written together: where one does not fit, the picture is not the one that they describe.
    if not all(box.fits(size) for region in regions if (box := _box(region)) is not None):
        return ScanArea(warnings=(MISFIT,))
    box, region = max(boxes, key=lambda pair: pair[0].area)
    spacing_mm = _spacing_mm(region)
    warnings = []
    if len(boxes) > 1:
        warnings.append(f"the picture shows {len(boxes)} scans; the model looks at the largest, or use --region")
    height_mm = box.height * spacing_mm[0] if spacing_mm else 0.0
    if height_mm > DEEPEST_MM:
        warnings.append(
            f"by the scale in the header the scan is {height_mm:.0f} mm high, farther than ultrasound reaches; "
            "do not trust its millimetres"
        )
    return ScanArea(box, spacing_mm, tuple(warnings))


def is_colour_doppler(data: Dataset) -> bool:
    """Whether the header says that some of the colours show flow."""
    regions = data.get("SequenceOfUltrasoundRegions") or ()
    if any(region.get("RegionDataType") == _COLOUR_FLOW for region in regions):
        return True
    image_type = data.get("ImageType")
    code = str(image_type[3]) if isinstance(image_type, MultiValue) and len(image_type) > 3 else ""
    return len(code) == 4 and set(code.upper()) <= set("0123456789ABCDEF") and bool(int(code, 16) & _COLOUR_BITS)


def _vector_ms(data: Dataset, count: int) -> Sequence[float]:
    """Return the times between neighbours, of which a vector may hold one for every frame: the first then says none."""
    vector = numbers(data, "FrameTimeVector")
    steps = vector[1:] if len(vector) == count else vector
    return steps if len(steps) == count - 1 and all(step > 0 for step in steps) else ()


def _even_ms(data: Dataset, count: int) -> Sequence[float]:
    frame_time = numbers(data, "FrameTime")
    rates = (numbers(data, keyword) for keyword in ("RecommendedDisplayFrameRate", "CineRate"))
    steps = (*frame_time, *(1000 / rate for found in rates for rate in found if rate > 0))
    return next(((step,) * (count - 1) for step in steps if step > 0), ())


def _box(region: Dataset) -> Box | None:
    corners = [numbers(region, f"RegionLocation{name}") for name in ("MinY0", "MinX0", "MaxY1", "MaxX1")]
    if not all(corners):
        return None
    top, left, bottom, right = (int(values[0]) for values in corners)
    is_box = 0 <= top <= bottom and 0 <= left <= right
    return Box(top, left, bottom - top + 1, right - left + 1) if is_box else None


def _spacing_mm(region: Dataset) -> tuple[float, float] | None:
    if any(numbers(region, f"PhysicalUnits{axis}Direction") != (_CENTIMETRES,) for axis in "XY"):
        return None
    down, across = numbers(region, "PhysicalDeltaY"), numbers(region, "PhysicalDeltaX")
    # The sign says where an axis points; only its length is of use here.
    return (abs(down[0]) * 10, abs(across[0]) * 10) if down and across and down[0] and across[0] else None
