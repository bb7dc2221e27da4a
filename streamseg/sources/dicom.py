"""DICOM: a file, a folder at any depth or a DICOMDIR; CT slices in Hounsfield units, ultrasound cines in their time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from streamseg.dicom.film import Film, make_film
from streamseg.dicom.finding import Found, Series, choose, find_series
from streamseg.dicom.identifiers import identifiers_of
from streamseg.errors import SourceLostError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.protocols import Source, SourceInfo
from streamseg.settings import SourceSettings

PLUGIN = {
    "suffixes": [".dcm", ".dicom", ".ima"],
    "signature": (128, b"DICM"),
    "folders": True,
}
STACK_RATE_HZ = 10.0

logger = logging.getLogger(__name__)


def create(location: str, settings: SourceSettings) -> DicomSource:
    """Find the series of ``location``, read its headers, and decode its first picture.

    Raises
    ------
    SourceNotFoundError
        There is no DICOM picture.
    SourceUnreadableError
        No picture of the series can be decoded.
    MissingDependencyError
        Its compression needs a package that is not installed.
    SettingsError
        There is no series of the number asked for.
    """
    found = find_series(location)
    series = choose(found, settings.series)
    who = identifiers_of(series.first.path) if settings.show_identifiers else ""
    film = make_film(series, rate_hz=settings.rate_hz or STACK_RATE_HZ)
    rate = f" at {film.rate_hz:.4g} Hz" if film.rate_hz else ""
    info = SourceInfo(
        kind="dicom",
        name=Path(location).resolve().name or location,
        is_live=False,
        size=series.first.size,
        rate_hz=film.rate_hz,
        frame_count=len(film.pictures),
        detail=", ".join(part for part in (f"{series.description}{rate}", series.first.syntax.name, who) if part),
        warnings=(*_of_location(found, series), *film.warnings, *_of_settings(settings, series)),
    )
    return DicomSource(film, info)


class DicomSource(Source):
    """Frames of a series, decoded when their turn comes. A damaged picture among good ones is left out, and said."""

    def __init__(self, film: Film, info: SourceInfo) -> None:
        self._film = film
        self._info = info
        self._next_index = 0
        self._is_closed = False
        # Held while a picture is decoded, so that `close` ends before or after it.
        self._lock = threading.Lock()

    @property
    def info(self) -> SourceInfo:
        """What was found."""
        return self._info

    def __next__(self) -> Frame:
        begin, count = self._next_index, len(self._film.pictures)
        damage: SourceUnreadableError | None = None
        while self._next_index < count:
            index = self._next_index
            self._next_index += 1
            try:
                frame = self._read(index)
            except SourceUnreadableError as err:
                damage = err
                continue
            if damage is not None:
                self._report(begin, index, damage)
            return frame
        if damage is not None:
            self._end_damaged(begin, damage)
        raise StopIteration

    def seek(self, index: int) -> bool:
        """Go on from the picture of that index."""
        self._next_index = index
        return not self._is_closed

    def close(self) -> None:
        """End the stream, after the picture that is being decoded."""
        with self._lock:
            self._is_closed = True
            self._film.close()

    def _read(self, index: int) -> Frame:
        with self._lock:
            if self._is_closed:
                raise StopIteration
            values = self._film.values(index)
        return self._film.frame(index, values, time.monotonic_ns())

    def _end_damaged(self, begin: int, damage: SourceUnreadableError) -> None:
        """Say that the last pictures are damaged: a file that was cut short, or slices that are files of their own."""
        count = len(self._film.pictures)
        if not self._film.pictures[-1].header.is_stack:
            raise SourceLostError(f"{self._info.name} ends after {begin} of {count} pictures: {damage}") from damage
        self._report(begin, count, damage)

    def _report(self, begin: int, end: int, damage: SourceUnreadableError) -> None:
        which = f"picture {begin} is" if end == begin + 1 else f"pictures {begin} to {end - 1} are"
        logger.warning("%s: %s left out: %s", self._info.name, which, damage)


def _of_location(found: Found, series: Series) -> Iterator[str]:
    if found.damaged:
        yield f"files that cannot be read are left out: {len(found.damaged)}"
    if len(found.series) > 1:
        number = found.series.index(series) + 1
        yield (
            f"series {number} of {len(found.series)} is played ({series.description}); "
            "`streamseg series` lists them, and --series chooses"
        )


def _of_settings(settings: SourceSettings, series: Series) -> Iterator[str]:
    if settings.size or settings.pixel_format:
        yield "DICOM is played as it is; --size and --pixel-format are for cameras"
    if settings.rate_hz and not series.first.is_stack:
        yield "a cine is played at the times in its header; --rate is for stacks of slices"
    if settings.axis != "axial" or settings.slab_mm:
        yield "DICOM is shown slice by slice, as it was reconstructed; --axis and --slab are for volumes"
