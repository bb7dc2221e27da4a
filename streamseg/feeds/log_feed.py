"""Feeds of a stream elsewhere, from its log: followed as it is written, or played again in its own time."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from streamseg.feeds.log_reader import LogReader, Portion
from streamseg.feeds.log_state import LogState
from streamseg.feeds.log_track import LogTrack
from streamseg.settings import StreamSettings
from streamseg.watch.feed import Switcher, Transport
from streamseg.watch.snapshot import Inspection, Snapshot

# A running stream writes a line for every frame.
SILENCE_S = 5.0
# Two clocks that agree this well about the last line are the same one.
SAME_CLOCK_S = 2.0


class LogFeed:
    """Follows a log that another process writes. Nothing can be changed through it.

    Raises (from ``snapshot``)
    --------------------------
    SourceUnreadableError
        The file is there and cannot be read.
    """

    controls = None
    transport: Transport | None = None
    switcher: Switcher | None = None

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader = LogReader(path)
        self._state = LogState()
        # What to take from this machine's monotonic clock to get the log's; None before the first line with a time.
        self._behind_ns: int | None = None

    @property
    def settings(self) -> StreamSettings | None:
        """The settings that the stream was started with."""
        return self._state.settings

    def snapshot(self) -> Snapshot:
        """Return how the stream is doing, after reading what has come since the last one.

        Raises
        ------
        SourceUnreadableError
            The file is there and cannot be read.
        """
        portion = self._reader.read()
        if portion.is_new:
            self._state, self._behind_ns = LogState(), None
        for record, _ in portion.records:
            self._state.take(record)
        if portion.records:
            self._set_clock(portion)
        now_ns = self._now_ns()
        return replace(self._state.snapshot(now_ns), message=self._message(portion, now_ns))

    def inspect(self) -> Inspection | None:
        """Return nothing: a log holds no pictures."""
        return None

    def close(self) -> None:
        """Close the file; idempotent."""
        self._reader.close()

    def _set_clock(self, portion: Portion) -> None:
        last_ns = self._state.last_ns
        if last_ns is None:
            return
        lag_s = max(0.0, time.time() - portion.written_s)
        behind_ns = time.monotonic_ns() - last_ns
        # The monotonic clock is one for all processes of a machine until it starts anew. A log from elsewhere, or from
        # before, is taken to have been written when the file was.
        is_same = abs(behind_ns / 1e9 - lag_s) < SAME_CLOCK_S
        self._behind_ns = 0 if is_same else behind_ns - round(lag_s * 1e9)

    def _now_ns(self) -> int:
        last_ns = self._state.last_ns or 0
        if self._state.has_ended or self._behind_ns is None:
            return last_ns
        return max(last_ns, time.monotonic_ns() - self._behind_ns)

    def _message(self, portion: Portion, now_ns: int) -> str:
        if portion.is_missing:
            return f"waiting for {self._path.name}: there is no such file yet"
        if portion.left_bytes:
            return f"reading {self._path.name}: {portion.left_bytes / 2**20:.1f} MiB to go"
        if self._state.last_ns is None:
            return f"waiting for the first line of {self._path.name}"
        silence_s = (now_ns - self._state.last_ns) / 1e9
        is_silent = silence_s > SILENCE_S and not self._state.has_ended
        return f"no line for {silence_s:.0f} s: the stream is held, stuck, or was killed" if is_silent else ""


class LogReplay:
    """Plays a finished log in its own time. ``transport`` holds, steps and seeks among the frames of the log.

    `streamseg.watch.snapshot.Position.media_index` then counts the frames of the log, and the scores by place are known
    for all of them from the start.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    SourceUnreadableError
        It cannot be read, or holds no frame.
    """

    controls = None
    switcher: Switcher | None = None

    def __init__(self, path: Path) -> None:
        self._track = LogTrack(path)

    @property
    def transport(self) -> Transport:
        """What holds, steps, seeks, and sets the speed."""
        return self._track

    @property
    def settings(self) -> StreamSettings | None:
        """The settings that the stream was started with."""
        return self._track.settings

    def snapshot(self) -> Snapshot:
        """Return how the stream was doing at the moment that is played."""
        return self._track.snapshot()

    def inspect(self) -> Inspection | None:
        """Return nothing: a log holds no pictures."""
        return None

    def close(self) -> None:
        """Close the file; idempotent."""
        self._track.close()
