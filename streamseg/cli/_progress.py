"""One line on a terminal that says how a stream is doing."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from streamseg.pipeline import Progress

INTERVAL_S = 0.2


class StreamProgress:
    """Shows a stream's snapshots on ``console`` while it is a terminal; elsewhere nothing is said.

    Parameters
    ----------
    frame_count
        Number of frames that will come, where it is known, for the time that is left.
    """

    def __init__(self, console: Console, frame_count: int | None) -> None:
        self._frame_count = frame_count
        self._is_shown = console.is_terminal
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._shown_s = 0.0

    def __enter__(self) -> Self:
        if self._is_shown:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._is_shown:
            self._live.stop()

    def tick(self, snapshot: Progress) -> None:
        """Show ``snapshot``, unless one has just been shown."""
        now_s = time.monotonic()
        if self._is_shown and now_s - self._shown_s >= INTERVAL_S:
            self._shown_s = now_s
            self._live.update(
                Text(describe(snapshot, self._frame_count), no_wrap=True, overflow="ellipsis"), refresh=True
            )


def describe(snapshot: Progress, frame_count: int | None) -> str:
    """Return ``snapshot`` on one line."""
    of_count = f"/{frame_count}" if frame_count else ""
    parts = [
        f"frame {snapshot.frames_out}{of_count}",
        f"capture {snapshot.capture_hz:.1f}",
        f"inference {snapshot.inference_hz:.1f}",
        f"display {snapshot.display_hz:.1f} Hz",
        f"drops {sum(snapshot.drops.values())}",
    ]
    if frame_count and snapshot.display_hz:
        left_s = round(max(0, frame_count - snapshot.frames_out) / snapshot.display_hz)
        parts.append(f"{left_s // 60}:{left_s % 60:02d} left")
    return "  ".join(parts)
