"""A series made ready to play: its pictures in order, when each is shown, and what its pixels become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.dicom.apart import Apart
from streamseg.dicom.cine import ScanArea, is_colour_doppler, media_times_ns, scan_area
from streamseg.dicom.finding import Series
from streamseg.dicom.pixels import Levels, check_syntaxes, display_levels, stored_values, to_display, to_hounsfield
from streamseg.dicom.stack import Slice, arrange, shown_plane
from streamseg.errors import SourceUnreadableError
from streamseg.frame import Frame, Modality, Origin

MODALITIES: dict[str, Modality] = {"CT": "CT", "US": "US", "IVUS": "US"}
COLOUR = "the header says that colours show flow (colour Doppler); the model sees them as grey"
NOT_HOUNSFIELD = "the header does not say how its values become Hounsfield units; they are shown as grey levels"
UNSCALED = "the header says no distance between pixels; measurements are in pixels"
UNWINDOWED = "the header says no window; the darkest and brightest value of the first picture become black and white"


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """What all pictures of a series share, and the pictures.

    Attributes
    ----------
    times_ns
        When each picture is shown, from 0.
    levels
        What is black and white of values that are neither 8-bit nor Hounsfield units.
    warnings
        What the user must know; one sentence each.
    apart
        Decodes what might end this process; to be closed with the film.
    """

    pictures: tuple[Slice, ...]
    times_ns: tuple[int, ...]
    area: ScanArea
    levels: Levels | None
    is_hounsfield: bool
    warnings: tuple[str, ...]
    apart: Apart

    @property
    def rate_hz(self) -> float | None:
        """Mean number of pictures per second; None for a single one."""
        return (len(self.times_ns) - 1) * 1e9 / self.times_ns[-1] if len(self.times_ns) > 1 else None

    def values(self, index: int) -> NDArray[Any]:
        """Return the values of the picture of ``index``, as `stored_values` does."""
        return stored_values(self.pictures[index], self.apart)

    def close(self) -> None:
        """End what decodes the pictures."""
        self.apart.close()

    def frame(self, index: int, values: NDArray[Any], captured_ns: int) -> Frame:
        """Return the frame of the picture of ``index``, of which ``values`` are those of `stored_values`."""
        picture = self.pictures[index]
        if self.is_hounsfield and picture.plane.rescale is not None:
            image: NDArray[Any] = to_hounsfield(values, picture.plane.rescale)
        else:
            image = to_display(picture, values, self.levels)
        return Frame(
            np.ascontiguousarray(image),
            index=index,
            captured_ns=captured_ns,
            media_time_ns=self.times_ns[index],
            spacing_mm=self.area.spacing_mm or picture.plane.spacing_mm,
            modality=MODALITIES.get(picture.header.modality),
            unit="hu" if self.is_hounsfield else "grey",
            position_mm=picture.position_mm,
            plane=shown_plane(picture),
            origin=Origin(picture.header.path, picture.index, picture.turned),
            scan_region=self.area.box,
        )


def make_film(series: Series, *, rate_hz: float) -> Film:
    """Put the pictures of ``series`` in order, and decode the first that is whole.

    Parameters
    ----------
    rate_hz
        How many slices of a stack are shown in a second; a cine knows its own times.

    Raises
    ------
    SourceUnreadableError
        None of them can be decoded.
    MissingDependencyError
        Their compression needs a package that is not installed.
    """
    stack, header = arrange(series.headers), series.first
    check_syntaxes(stack.slices)
    apart = Apart()
    first, values = _first_decoded(stack.slices, apart)
    area = scan_area(header.data, header.size)
    times_ns, time_warnings = _times(series, len(stack.slices), rate_hz)
    levels = None if header.is_hounsfield else display_levels(first, values)
    warnings = (*stack.warnings, *area.warnings, *time_warnings, *_remarks(first, values, area, levels))
    return Film(stack.slices, times_ns, area, levels, header.is_hounsfield, warnings, apart)


def _first_decoded(pictures: Sequence[Slice], apart: Apart) -> tuple[Slice, NDArray[Any]]:
    """Return the first picture that can be decoded, and its values."""
    damage: SourceUnreadableError | None = None
    for picture in pictures:
        try:
            return picture, stored_values(picture, apart)
        except SourceUnreadableError as err:
            damage = damage or err
    apart.close()
    count = f"none of {len(pictures)} pictures can be decoded; " if len(pictures) > 1 else ""
    raise SourceUnreadableError(f"{count}{damage}") from damage


def _times(series: Series, count: int, rate_hz: float) -> tuple[tuple[int, ...], tuple[str, ...]]:
    if not series.first.is_stack:
        return media_times_ns(series.first.data, count)
    return tuple(round(index * 1e9 / rate_hz) for index in range(count)), ()


def _remarks(picture: Slice, values: NDArray[Any], area: ScanArea, levels: Levels | None) -> Iterator[str]:
    header = picture.header
    if header.modality == "CT" and values.ndim == 2 and not header.is_hounsfield:
        yield NOT_HOUNSFIELD
    if levels is not None and picture.plane.window is None:
        yield UNWINDOWED
    if area.spacing_mm is None and picture.plane.spacing_mm is None and not area.warnings:
        yield UNSCALED
    if values.ndim == 3 and is_colour_doppler(header.data):
        yield COLOUR
