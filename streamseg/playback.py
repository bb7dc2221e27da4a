"""Plays a source: which of its frames, at which pace, once or again and again, held and stepped. Itself a source."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from streamseg.errors import SettingsError, SourceUnreadableError
from streamseg.frame import Frame
from streamseg.pacing import Pacer, Swing
from streamseg.protocols import Seekable, Source, SourceInfo
from streamseg.settings import PlaybackSettings
from streamseg.steering.controls import Controls


class Playback(Source):
    """Frames of the source that ``open_source`` opens, which is opened again for every loop.

    A live source arrives at its own pace and cannot be held, paced, looped or sought in; ``start``, ``stop`` and
    ``every`` apply to it too. A frame that is held back is stamped as captured when it is let go. Frames of a file say
    their position in it; their own index goes on growing whatever is sought or looped.

    Parameters
    ----------
    is_paced
        Whether a file is played at its own rate, times `Controls.speed`, and not as fast as its frames are taken.
    holds_at_end
        Whether the end of a file is a place to stay at until the user seeks back or ends the stream.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        settings: PlaybackSettings,
        controls: Controls,
        *,
        is_paced: bool,
        holds_at_end: bool = False,
    ) -> None:
        self._open_source = open_source
        self._settings = settings
        self._controls = controls
        self._source = open_source()
        self._is_live = self._source.info.is_live
        fault = _fault(self._source, settings)
        if fault:
            self._source.close()
            raise SettingsError(fault)
        self._is_paced = is_paced and not self._is_live
        controls.set_abilities(is_seekable=not self._is_live, is_paced=self._is_paced)
        self._holds_at_end = holds_at_end and not self._is_live
        self._is_closed = False
        self._shift: int | None = 0
        self._next_index = 0
        self._source_index = 0
        self._seeks = 0
        self._has_played = False
        self._offered = 0
        self._swing = Swing(settings.every)
        self._clock = Pacer(self._source.info.rate_hz)

    @property
    def info(self) -> SourceInfo:
        """What was opened; ``frame_count`` is of the frames that will be played, ``length`` of the whole file."""
        info = self._source.info
        return replace(
            info, frame_count=self._count(info.frame_count), length=None if self._is_live else info.frame_count
        )

    def __next__(self) -> Frame:
        while not self._is_closed:
            if not self._is_live and not self._controls.wait_for_turn():
                break
            frame = self._pull()
            if frame is None and self._is_part and not self._has_played and not self._is_closed:
                raise self._nothing_there()
            if frame is None and not self._goes_on():
                break
            if frame is not None and self._is_chosen(frame):
                released = self._release(frame)
                if released is not None:
                    return released
        self.close()
        raise StopIteration

    def close(self) -> None:
        """End the playback and close the source."""
        self._is_closed = True
        self._source.close()

    def _pull(self) -> Frame | None:
        """Return the next frame of the source, from its start again when it is looped; None at the end."""
        self._follow_seek()
        if self._swing.is_back:
            return self._pull_back()
        frame = self._read()
        if frame is not None and not self._is_past_end(frame):
            return frame
        if self._settings.ping_pong and self._has_played and not self._is_closed:
            self._swing.turn_back()
            self._clock.turn()
            return self._pull_back()
        if not self._settings.loop or self._is_closed:
            return None
        if not self._has_played:
            raise self._nothing_there()
        self._reopen()
        self._clock.restart()
        self._has_played = False
        return self._pull()

    def _pull_back(self) -> Frame | None:
        """Return the next frame of the way back, and after it of the way forth again where it is looped."""
        for target in self._swing.way_back:
            frame = None if self._is_closed else self._read_at(target)
            if self._is_closed or (frame is not None and frame.index == target):
                return frame  # another index where a picture is damaged: its neighbour has its own turn
        if not self._settings.loop:
            return None
        self._clock.turn()
        return self._read_at(self._swing.turn_forth())

    def _read(self) -> Frame | None:
        frame = next(self._source, None)
        if frame is not None:
            self._source_index = frame.index + 1
        return frame

    def _goes_on(self) -> bool:
        """Whether there is more after the end of a file: it is held there until the user seeks, resumes or ends it."""
        return self._holds_at_end and not self._is_closed and self._controls.wait_at_end(self._bounds[0])

    def _follow_seek(self) -> None:
        """Make the frame that was asked for, if one was, the next one of the source."""
        target, self._seeks = self._controls.take_seek()
        if target is None:
            return
        first, end = self._bounds
        self._swing.forget()
        self._go_to(max(first, target if end is None else min(target, end - 1)))
        self._clock.restart()

    def _read_at(self, index: int) -> Frame | None:
        self._go_to(index)
        return self._read()

    def _go_to(self, target: int) -> None:
        """Make the frame of ``target`` the next one of the source."""
        if isinstance(self._source, Seekable) and self._source.seek(target):
            self._source_index = target
            self._begin_anew()
            return
        self._reopen()
        while self._source_index < target and not self._is_closed and self._read() is not None:
            pass

    def _reopen(self) -> None:
        self._source.close()
        self._source = self._open_source()
        if self._is_closed:  # by another thread, in the meantime
            self._source.close()
        self._source_index = 0
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._shift = None
        self._offered = 0

    @property
    def _is_part(self) -> bool:
        return self._settings.start is not None or self._settings.stop is not None

    def _nothing_there(self) -> SourceUnreadableError:
        return SourceUnreadableError(
            f"source {self._source.info.name!r} has no frame between start {self._settings.start or '0'} and "
            f"stop {self._settings.stop or 'its end'}; give positions that it has"
        )

    def _is_past_end(self, frame: Frame) -> bool:
        stop = self._settings.stop
        return stop is not None and _offset(frame, stop) >= 0

    def _is_chosen(self, frame: Frame) -> bool:
        start = self._settings.start
        if start is not None and _offset(frame, start) < 0:
            return False
        # Counted, not by index: a live source leaves indices out.
        self._offered += 1
        return (self._offered - 1) % self._settings.every == 0

    def _release(self, frame: Frame) -> Frame | None:
        """Return ``frame`` when it is due; None where the user went elsewhere in the meantime."""
        if self._is_paced:
            wait_s = self._clock.wait_s(frame, self._controls.speed)
            if wait_s > 0:
                self._controls.sleep_until_stop(wait_s)
            if self._controls.seeks != self._seeks:
                return None
            frame = replace(frame, captured_ns=time.monotonic_ns())
        if self._shift is None:
            self._shift = self._next_index - frame.index
        media_index = None if self._is_live else frame.index
        frame = replace(frame, index=self._shift + frame.index, media_index=media_index, seeks=self._seeks)
        self._next_index = frame.index + 1
        self._has_played = True
        if media_index is not None:
            self._swing.played(media_index)
        return frame

    @property
    def _bounds(self) -> tuple[int, int | None]:
        """First frame to play, and the one to stop before, as far as they are known as indices."""
        start, stop = self._settings.start or "0", self._settings.stop or ""
        ends = [
            end for end in (self._source.info.frame_count, int(stop) if stop.isdigit() else None) if end is not None
        ]
        return int(start) if start.isdigit() else 0, min(ends, default=None)

    def _count(self, total: int | None) -> int | None:
        settings = self._settings
        bounds = (settings.start or "0", settings.stop or "0")
        if total is None or settings.loop or not all(bound.isdigit() for bound in bounds):
            return None
        end = min(total, int(settings.stop)) if settings.stop is not None else total
        count = max(0, -(-(end - int(bounds[0])) // settings.every))
        return max(count, 2 * count - 1) if settings.ping_pong else count


def _fault(source: Source, settings: PlaybackSettings) -> str:
    """Return why ``source`` cannot be played as it is asked for; empty where it can."""
    name = source.info.name
    if source.info.is_live and settings.loop:
        return f"the live source {name!r} has no end to loop at; leave out --loop"
    if settings.ping_pong and (source.info.is_live or not isinstance(source, Seekable)):
        return f"the source {name!r} cannot be played backwards; leave out --ping-pong"
    return ""


def _offset(frame: Frame, position: str) -> float:
    """Return how far ``frame`` lies behind ``position``, in frames or seconds; negative before it."""
    if not position.endswith("s"):
        return frame.index - int(position)
    if frame.media_time_ns is None:
        raise SettingsError(f"position {position!r} is a time, but this source has no media time; give a frame index")
    return frame.media_time_ns / 1e9 - float(position[:-1])
