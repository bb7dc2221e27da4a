"""The threads of a stream: where their errors go, and where all of them are joined."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from streamseg.errors import ShutdownError

JOIN_DEADLINE_S = 15.0


class Crew:
    """The threads of a stream. The one place where a thread hands its error over, and where all are joined."""

    def __init__(self, on_error: Callable[[], None]) -> None:
        self._on_error = on_error
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.error: BaseException | None = None

    def start(self, name: str, work: Callable[[], None]) -> None:
        """Run ``work`` in a thread of its own. What it raises ends the stream; the first error is kept."""

        def run() -> None:
            try:
                work()
            except BaseException as err:  # noqa: BLE001 - handed over to the thread that joins
                self.fail(err)

        # Daemons, so that a driver that never returns cannot keep the process from ending after the deadline.
        thread = threading.Thread(target=run, name=f"streamseg-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def fail(self, error: BaseException) -> None:
        """Keep the first error, and end the stream."""
        with self._lock:
            self.error = self.error or error
        self._on_error()

    def is_alive(self) -> bool:
        """Whether any thread still runs."""
        return any(thread.is_alive() for thread in self._threads)

    def join(self, deadline_s: float) -> None:
        """Wait for all threads. One that does not end in time is a `ShutdownError`, unless something failed before."""
        end = time.monotonic() + deadline_s
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        late = [thread.name for thread in self._threads if thread.is_alive()]
        if late and self.error is None:
            self.error = ShutdownError(f"{', '.join(late)} did not stop within {deadline_s:g} s")
