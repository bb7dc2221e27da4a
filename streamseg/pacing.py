"""When the frames of a file are due, and which way they are played."""

from __future__ import annotations

import time
from collections.abc import Iterator

from streamseg.frame import Frame


class Swing:
    """Where ping-pong turns: at the last frame that came, and at the first one that was ever played."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._first: int | None = None
        self._last = self._furthest = 0
        self.is_back = False

    @property
    def way_back(self) -> Iterator[int]:
        """Yield what is still to be played of the way back; the frame at the turn is not played twice."""
        first = self._last if self._first is None else self._first
        yield from range(self._last - self._every, first - 1, -self._every)

    def played(self, index: int) -> None:
        """Take note of a frame that was let go."""
        self._first = index if self._first is None else min(self._first, index)
        self._last = index

    def turn_back(self) -> None:
        """Begin the way back from the frame that came last."""
        self._furthest, self.is_back = self._last, True

    def turn_forth(self) -> int:
        """Return the frame to go on from: the next one, or the same where it is the only one."""
        self.is_back = False
        return self._last if self._last == self._furthest else self._last + self._every

    def forget(self) -> None:
        """Play forth from wherever the user went."""
        self.is_back = False


class Pacer:
    """When a frame is due: by its media time, else by the source's nominal rate."""

    def __init__(self, rate_hz: float | None) -> None:
        self._rate_hz = rate_hz
        self._origin: tuple[int, int] | None = None
        self._speed = 1.0
        self._last_release_ns = self._last_due_ns = 0

    def restart(self) -> None:
        """Let the next frame go at once, and count from there."""
        self._origin = None

    def turn(self) -> None:
        """Count media time the other way from the frame released last."""
        if self._origin is not None:
            self._origin = self._last_release_ns, self._last_due_ns

    def wait_s(self, frame: Frame, speed: float) -> float:
        """Return the seconds until ``frame`` is due. After a hold, time goes on from where it stopped."""
        due_ns = self._media_ns(frame)
        if due_ns is None:
            return 0.0
        now_ns = time.monotonic_ns()
        if self._origin is None or speed != self._speed or now_ns - self._last_release_ns > 1_000_000_000:
            self._origin, self._speed = (now_ns, due_ns), speed
        self._last_release_ns, self._last_due_ns = now_ns, due_ns
        wait_ns = self._origin[0] + round(abs(due_ns - self._origin[1]) / speed) - now_ns
        self._last_release_ns += max(0, wait_ns)
        return wait_ns / 1e9

    def _media_ns(self, frame: Frame) -> int | None:
        if frame.media_time_ns is not None:
            return frame.media_time_ns
        return None if self._rate_hz is None else int(frame.index * 1e9 / self._rate_hz)
