"""A recording as the user knows it: switched on and off, in as many files as that takes."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SinkError
from streamseg.frame import Frame, Rendering
from streamseg.protocols import StreamInfo
from streamseg.settings import OutputSettings
from streamseg.video.writer import SUFFIX, VideoWriter

# Between the first frame and one that was sought before a second one came.
FIRST_STEP_NS = 40_000_000

_log = logging.getLogger(__name__)

Picture = Callable[[Rendering, StreamInfo], NDArray[np.uint8]]
"""What of a rendering is recorded: grey (H, W) or RGB (H, W, 3)."""


class Recording:
    """Writes pictures while recording is on. Each time it goes on again, or the size changes, a new file begins.

    Parameters
    ----------
    target
        The first file; those after it are called NAME-2.mp4 and so on. Empty: nothing is written before the user
        switches recording on, then files are named by the time of day, in the folder of ``settings``.
    suffix
        What such a name ends in, to tell kinds of recordings apart.
    """

    def __init__(self, target: str, settings: OutputSettings, *, suffix: str = "") -> None:
        self._target = Path(target) if target else None
        self._settings = settings
        self._suffix = suffix
        self._clock = MediaClock()
        self._writer: VideoWriter | None = None
        self._rate_hz: float | None = None
        self._was_off = False

    def open(self, rate_hz: float | None) -> None:
        """Claim the target, if there is one.

        Raises
        ------
        SinkError
            It exists already or cannot be written.
        """
        self._rate_hz = rate_hz
        if self._target is not None:
            self._writer = VideoWriter(self._target, rate_hz=rate_hz, overwrite=self._settings.overwrite)

    def write(self, image: NDArray[np.uint8], frame: Frame, *, is_recording: bool) -> None:
        """Append ``image``, grey (H, W) or RGB (H, W, 3), at the time of ``frame``, if recording is on.

        Raises
        ------
        SinkError
            The file cannot be written.
        """
        written = self._writer.size if self._writer is not None else None
        if written is not None and (not is_recording or written != image.shape[:2]):
            self.close()
        time_ns = self._clock.time_ns(frame)
        self._was_off = self._was_off or not is_recording
        if not is_recording or not (self._target or self._was_off):
            return
        if self._writer is None:
            self._writer = VideoWriter(self._free_path(), rate_hz=self._rate_hz)
            _log.info("recording to %s", self._writer.path.name)
        self._writer.write(image, time_ns)

    def close(self) -> None:
        """Finish the file that is being written; idempotent.

        Raises
        ------
        SinkError
            Its end could not be written.
        """
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _free_path(self) -> Path:
        """Return the first name that is free: a file made while the stream runs never replaces another one."""
        folder = self._settings.folder
        now = datetime.now().astimezone()
        path = self._target or folder / f"streamseg-{now:%Y%m%d-%H%M%S}{self._suffix}{SUFFIX}"
        names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
        return path if not path.exists() else next(name for name in names if not name.exists())


class Recorder:
    """The sink that records: one picture of each rendering, which ``picture`` chooses."""

    needs_main_thread = False
    needs_every_frame = True

    def __init__(self, name: str, recording: Recording, picture: Picture) -> None:
        self.name = name
        self._recording = recording
        self._picture = picture
        self._stream: StreamInfo | None = None
        # Of what was recorded of ultrasound: whether nothing was blacked out around a scan in any picture of it.
        self._is_whole: bool | None = None

    def open(self, stream: StreamInfo) -> None:
        """Claim the target, if there is one.

        Raises
        ------
        SinkError
            It exists already or cannot be written.
        """
        self._stream = stream
        self._recording.open(stream.source.rate_hz)

    def write(self, rendering: Rendering) -> None:
        """Append the picture while recording is on.

        Raises
        ------
        SinkError
            The file cannot be written.
        """
        if self._stream is None:
            raise SinkError("the recorder was given a frame before it was opened")
        is_recording = self._stream.controls.current.is_recording
        if is_recording and self._may_name_somebody(rendering.segmentation.frame, self._stream):
            self._is_whole = self._is_whole is not False and rendering.cover.outline is None
        picture = self._picture(rendering, self._stream)
        self._recording.write(picture, rendering.segmentation.frame, is_recording=is_recording)

    def close(self) -> None:
        """Finish the file; idempotent.

        Raises
        ------
        SinkError
            Its end could not be written.
        """
        if self._is_whole:
            _log.warning("%s: no scan stands out in the picture, so that nothing was blacked out around it", self.name)
        self._is_whole = None
        self._recording.close()

    @staticmethod
    def _may_name_somebody(frame: Frame, stream: StreamInfo) -> bool:
        is_ultrasound = stream.card.modality == "US" and frame.modality in (None, "US")
        return is_ultrasound and not stream.settings.output.keep_text


class MediaClock:
    """The time of a frame in its recording, which grows on where a file is looped, and where it is sought in."""

    def __init__(self) -> None:
        self._offset_ns = 0
        self._last_ns: int | None = None
        self._step_ns = FIRST_STEP_NS
        self._seeks = 0

    def time_ns(self, frame: Frame) -> int:
        """Return the media time of ``frame``, or when it was captured where it has none, in nanoseconds."""
        own_ns = frame.captured_ns if frame.media_time_ns is None else frame.media_time_ns
        is_elsewhere, self._seeks = frame.seeks != self._seeks, frame.seeks
        if self._last_ns is not None:
            if is_elsewhere or own_ns + self._offset_ns < self._last_ns:
                self._offset_ns = self._last_ns + self._step_ns - own_ns
            self._step_ns = own_ns + self._offset_ns - self._last_ns
        self._last_ns = own_ns + self._offset_ns
        return self._last_ns
