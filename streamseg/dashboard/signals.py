"""What ends a program from outside, told to whoever can end it properly."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

# Ctrl-C where the terminal sends it, a service manager, a terminal that was closed.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
# Whoever closes a terminal may send the same signal twice; a person who has waited this long means it.
_PATIENCE_S = 2.0


@contextmanager
def ended_by_signals(end: Callable[[], None]) -> Iterator[None]:
    """Call ``end`` when a signal first asks for the end; one that comes long after it interrupts. For the main thread.

    Signals that are ignored, as under ``nohup``, stay so.
    """
    asked_s: float | None = None

    def ask(number: int, frame: FrameType | None) -> None:
        nonlocal asked_s
        del number, frame
        if asked_s is None:
            asked_s = time.monotonic()
            end()
        elif time.monotonic() - asked_s > _PATIENCE_S:
            raise KeyboardInterrupt

    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    before = {number: handler for number in known if (handler := signal.getsignal(number)) != signal.SIG_IGN}
    for number in before:
        signal.signal(number, ask)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
