"""A finished log as something that is played: at any moment of it, forwards and back."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from dataclasses import replace
from io import FileIO
from pathlib import Path

from streamseg.errors import SourceNotFoundError, SourceUnreadableError
from streamseg.feeds.log_reader import LogReader, Record, parse
from streamseg.feeds.log_state import LogState, score_row, time_of
from streamseg.settings import StreamSettings
from streamseg.steering.live_settings import SPEEDS
from streamseg.watch.score_book import ScoreBook, ScoreRow
from streamseg.watch.snapshot import ScoreTrack, Snapshot

# After a seek the log is read from its start where that is quick; else from a minute before, which is all but the
# percentiles of the run need.
QUICK_LINES = 5000
MINUTE_NS = 61_000_000_000


class LogTrack:
    """Plays the lines of a log by their time stamps. A `streamseg.watch.feed.Transport`; for one thread.

    Raises
    ------
    SourceNotFoundError
        There is no such file.
    SourceUnreadableError
        It cannot be read, or holds no frame.
    """

    def __init__(self, path: Path) -> None:
        self._offsets, self._times = array("q"), array("q")
        self._frames, self._rare = array("q"), array("q")  # numbers of the lines of frames, of start and events
        self._scores = self._read_through(path)
        self._file = FileIO(path)
        self._state = LogState()
        self._next_line = 0
        self._is_paused = False
        self._speed = 1.0
        self._log_ns, self._since_ns = self._times[0], time.monotonic_ns()

    @property
    def is_paused(self) -> bool:
        """Whether it is held."""
        return self._is_paused

    @property
    def speed(self) -> float:
        """1 is as fast as it was."""
        return self._speed

    @property
    def settings(self) -> StreamSettings | None:
        """The settings that the stream was started with."""
        return self._state.settings

    def pause(self) -> None:
        """Hold it."""
        self._set_clock(self._now_ns())
        self._is_paused = True

    def resume(self) -> None:
        """Let it play on; from the start where it has ended."""
        if self._now_ns() >= self._times[-1]:
            self.seek(0)
        self._set_clock(self._now_ns())
        self._is_paused = False

    def step(self, count: int = 1) -> None:
        """Go ``count`` frames on; back where negative."""
        self.seek(self._shown + count)

    def seek(self, media_index: int) -> None:
        """Go on from that frame of the log, or from the first or last one."""
        line = self._frames[min(max(0, media_index), len(self._frames) - 1)]
        begin = 0 if line < QUICK_LINES else bisect_left(self._times, self._times[line] - MINUTE_NS, 0, line)
        self._state = LogState()
        for rare in self._rare[: bisect_left(self._rare, begin)]:
            self._state.take(self._record(rare))
        self._next_line = begin
        self._play_to(line + 1)
        self._set_clock(self._times[line])

    def set_speed(self, speed: float) -> None:
        """Play at ``speed``.

        Raises
        ------
        ValueError
            It is not 0.25 to 4.
        """
        if not SPEEDS[0] <= speed <= SPEEDS[-1]:
            raise ValueError(f"speed must be {SPEEDS[0]:g} to {SPEEDS[-1]:g}, got {speed}")
        self._set_clock(self._now_ns())
        self._speed = speed

    def snapshot(self) -> Snapshot:
        """Return how the stream was doing at the moment that is played."""
        now_ns = self._now_ns()
        if not self._is_paused:
            self._play_to(bisect_right(self._times, now_ns))
        snapshot = self._state.snapshot(now_ns)
        position = replace(
            snapshot.position,
            media_index=self._shown if self._shown >= 0 else None,
            frame_count=len(self._frames),
            speed=self._speed,
            is_paced=True,
        )
        return replace(
            snapshot,
            state="held" if self._is_paused else snapshot.state,
            position=position,
            frames_out=self._shown + 1,
            file_scores=self._scores,
        )

    def close(self) -> None:
        """Close the file; idempotent."""
        self._file.close()

    @property
    def _shown(self) -> int:
        """Number of the last frame that was played; -1 before the first."""
        return bisect_left(self._frames, self._next_line) - 1

    def _now_ns(self) -> int:
        if self._is_paused:
            return self._log_ns
        return min(self._times[-1], self._log_ns + round((time.monotonic_ns() - self._since_ns) * self._speed))

    def _set_clock(self, log_ns: int) -> None:
        self._log_ns, self._since_ns = log_ns, time.monotonic_ns()

    def _play_to(self, end: int) -> None:
        for line in range(self._next_line, end):
            self._state.take(self._record(line))
        self._next_line = max(self._next_line, end)

    def _record(self, line: int) -> Record:
        self._file.seek(self._offsets[line])
        end = self._offsets[line + 1] if line + 1 < len(self._offsets) else None
        text = self._file.read(-1 if end is None else end - self._offsets[line]) or b""
        return parse(text.partition(b"\n")[0]) or {"type": "nothing"}

    def _read_through(self, path: Path) -> ScoreTrack | None:
        """Note where every line begins and when it was written; return the scores of every frame."""
        reader, rows, last_ns = LogReader(path), list[ScoreRow](), 0
        try:
            portion = reader.read()
            while portion.records or portion.left_bytes:
                for record, offset in portion.records:
                    row = score_row(record) if record["type"] == "frame" else None
                    if row is not None:
                        self._frames.append(len(self._offsets))
                        rows.append(row)
                    elif record["type"] in ("start", "event"):
                        self._rare.append(len(self._offsets))
                    last_ns = max(last_ns, time_of(record) or 0)
                    self._offsets.append(offset)
                    self._times.append(last_ns)
                portion = reader.read()
        finally:
            reader.close()
        if portion.is_missing:
            raise SourceNotFoundError(f"there is no log {str(path)!r}; check the path")
        if not rows or not last_ns:
            raise SourceUnreadableError(f"{path} holds no frame; give the log of a stream")
        self._times = _without_zeros(self._times)
        book = ScoreBook(len(rows))
        for place, row in enumerate(rows):
            book.add(replace(row, media_index=place, time_s=(row.time_s - self._times[0] / 1e9)))
        return book.file(0)


def _without_zeros(times: array[int]) -> array[int]:
    """Return ``times`` with the first time that is known in the place of those before it."""
    first = next(each for each in times if each)
    return array("q", (each or first for each in times))
