"""The source that plays what is opened here; the plugins differ in the files that they know."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from streamseg.errors import SourceLostError
from streamseg.frame import Frame
from streamseg.protocols import Source, SourceInfo
from streamseg.settings import SourceSettings
from streamseg.volumes.opening import Opened, Reader, Reel, open_volume


def open_source(kind: str, location: str, readers: Mapping[str, Reader], settings: SourceSettings) -> VolumeSource:
    """Open a volume or a sequence for the plugin ``kind``; see `open_volume` for what may go wrong."""
    opened = open_volume(location, readers, settings)
    info = SourceInfo(
        kind=kind,
        name=Path(location).name,
        is_live=False,
        size=opened.reel.size,
        rate_hz=opened.reel.rate_hz,
        frame_count=opened.reel.count,
        detail=opened.reel.detail,
        warnings=(*opened.warnings, *opened.reel.warnings, *_of_settings(settings)),
    )
    return VolumeSource(opened, info)


class VolumeSource(Source):
    """Slices of a volume or frames of a sequence, each made when its turn comes."""

    def __init__(self, opened: Opened, info: SourceInfo) -> None:
        # Let go of when it is closed: it may hold a whole volume.
        self._reel: Reel | None = opened.reel
        self._count = opened.reel.count
        self._lacking = opened.lacking
        self._info = info
        self._next_index = 0
        # Held while a frame is made, so that `close` ends before or after it.
        self._lock = threading.Lock()

    @property
    def info(self) -> SourceInfo:
        """What was found."""
        return self._info

    def __next__(self) -> Frame:
        with self._lock:
            if self._reel is None:
                raise StopIteration
            if self._next_index < self._count:
                frame = self._reel.frame(self._next_index, time.monotonic_ns())
                self._next_index += 1
                return frame
        lacking, self._lacking = self._lacking, 0
        if lacking:
            raise SourceLostError(
                f"{self._info.name} ends after {self._count} pictures, and its header promises {lacking} more: it was "
                "cut short or is damaged; copy or export it again"
            )
        raise StopIteration

    def seek(self, index: int) -> bool:
        """Go on from the picture of that index."""
        self._next_index = index
        return self._reel is not None

    def close(self) -> None:
        """End the stream, after the frame that is being made."""
        with self._lock:
            self._reel = None


def _of_settings(settings: SourceSettings) -> Iterator[str]:
    if settings.size or settings.pixel_format:
        yield "a volume is played as it is; --size and --pixel-format are for cameras"
