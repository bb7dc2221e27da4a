"""Takes frames from a source, checks them, and counts what can be told from their arrival alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

from streamseg.errors import FrameSizeError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.protocols import Source
from streamseg.scan.spacing import parse_spacing, spacing_text
from streamseg.steering.controls import Controls
from streamseg.timing import Jitter, RateMeter
from streamseg.watch.summary import Stages

logger = logging.getLogger(__name__)


class Capture:
    """The frames of one source. One thread iterates; any thread reads the figures.

    Parameters
    ----------
    limit
        Number of frames after which no more are taken; None for all.
    every
        As in `streamseg.settings.PlaybackSettings`: where frames are left out on purpose, gaps tell nothing.

    Attributes
    ----------
    frames_in
        Frames that were handed on.
    missed
        Frames of a live source that were never taken from the driver in time, as the gaps in the indices tell.
    """

    def __init__(
        self, source: Source, controls: Controls, stages: Stages, *, limit: int | None = None, every: int = 1
    ) -> None:
        self.rate = RateMeter()
        self.jitter = Jitter()
        self.frames_in = 0
        self.missed = 0
        self._source = source
        self._is_live = source.info.is_live
        self._controls = controls
        self._stages = stages
        self._limit = limit
        self._every = every
        self._captured_at = 0, 0

    def frames(self) -> Iterator[Frame]:
        """Yield every frame until the source ends, the limit is reached or the stream is to stop.

        A frame counts as handed on when the next one is asked for.

        Raises
        ------
        FrameSizeError
            A frame is of another size than those before it.
        SourceUnreadableError
            The source ended before its first frame.
        """
        size, last_index = None, -1
        while not self._controls.is_stopping and not self._has_enough():
            begin_ns = time.monotonic_ns()
            frame = next(self._source, None)
            if frame is None:
                break
            if size is None:
                size = frame.size
                self._controls.limit_regions(size)
                self._compare_spacing(frame)
            if frame.size != size:
                raise FrameSizeError(
                    f"frame {frame.index} of {self._source.info.name!r} is {_wxh(frame.size)}, those before were "
                    f"{_wxh(size)}; use `streamseg segment` for pictures of several sizes"
                )
            self._stages.add_capture(max(0, frame.captured_ns - begin_ns), frame.captured_ns)
            self.rate.tick(frame.captured_ns)
            self._count_interval(frame)
            yield frame
            self.frames_in += 1
            if self._is_live and self._every == 1:
                self.missed += frame.index - last_index - 1
            last_index = frame.index
        if self.frames_in == 0 and not self._controls.is_stopping:
            raise SourceUnreadableError(f"source {self._source.info.name!r} ended before its first frame")

    def _compare_spacing(self, frame: Frame) -> None:
        given_mm = parse_spacing(self._controls.current.spacing_mm)
        if None in (given_mm, frame.spacing_mm) or given_mm == frame.spacing_mm:
            return
        message = "mm per pixel are {}, as asked, and not {}, as the source says"
        message = message.format(*(spacing_text(each) for each in (given_mm, frame.spacing_mm) if each is not None))
        logger.warning("%s: %s", self._source.info.name, message)
        self._controls.note("warning", message)

    def _count_interval(self, frame: Frame) -> None:
        # The interval over a hold or a seek is the user's doing. A held live source goes on.
        place = frame.seeks, 0 if self._is_live else self._controls.holds
        if place != self._captured_at:
            self._captured_at = place
            self.jitter.interrupt()
        self.jitter.add(frame.captured_ns)

    def _has_enough(self) -> bool:
        return self._limit is not None and self.frames_in >= self._limit


def _wxh(size: tuple[int, int]) -> str:
    return f"{size[1]}x{size[0]}"
