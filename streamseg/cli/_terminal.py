"""Keeps the terminal for the dashboard alone, and the dashboard alive when the terminal goes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def has_terminal() -> bool:
    """Whether there is a terminal that a dashboard could read keys from and draw on."""
    streams = (sys.__stdin__, sys.__stdout__, sys.__stderr__)
    return all(stream is not None and stream.isatty() for stream in streams) and os.environ.get("TERM") != "dumb"


class LastingScreen(io.TextIOWrapper):
    """A way to the terminal that swallows everything once the terminal is gone.

    Textual writes from a thread. An error would end that thread, and the application would then wait for it for ever,
    with the stream behind it.
    """

    _is_gone = False

    def write(self, text: str) -> int:
        """Write ``text``, if there still is a terminal."""
        if not self._is_gone:
            try:
                return super().write(text)
            except OSError:
                self._is_gone = True
        return len(text)

    def flush(self) -> None:
        """Write what is kept back, if there still is a terminal."""
        if not self._is_gone:
            try:
                super().flush()
            except OSError:
                self._is_gone = True

    def close(self) -> None:
        """Close the way to the terminal; what was kept back goes nowhere if that is gone."""
        with suppress(OSError):
            super().close()


@contextmanager
def screen_kept_clean(log: Path) -> Iterator[None]:
    """Send to the end of ``log`` what anybody but the dashboard writes to standard error.

    Libraries in C write there past Python, into the middle of the screen. On Windows, where Textual draws through
    standard output, nothing is changed.
    """
    before = sys.__stderr__
    if sys.platform == "win32" or before is None:
        yield
        return
    sys.stderr.flush()
    kept = os.dup(before.fileno())
    screen = LastingScreen(os.fdopen(os.dup(kept), "wb"), encoding=before.encoding, errors="replace")
    with log.open("ab") as file:
        os.dup2(file.fileno(), before.fileno())
    sys.__stderr__ = screen  # type: ignore[misc]  # Textual draws on what it finds there when it starts
    try:
        yield
    finally:
        sys.stderr.flush()
        sys.__stderr__ = before  # type: ignore[misc]  # as it was
        os.dup2(kept, before.fileno())
        os.close(kept)
        screen.close()
