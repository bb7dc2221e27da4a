"""Serves sinks that need the main thread while a dashboard has that thread, and the stream another one.

A terminal's dashboard handles signals, and a window of the desktop must be served by the main thread on macOS: both
belong there, and the dashboard's loop serves the windows in between. Neither waits for the stream, nor it for them.
"""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from typing import cast

from streamseg.errors import ShutdownError
from streamseg.frame import Rendering
from streamseg.protocols import MainThreadSink, Sink, StreamInfo

DEADLINE_S = 10.0


class WindowDesk:
    """Takes calls from the threads of a stream, and makes them on the thread that calls `serve`."""

    def __init__(self) -> None:
        self._calls: queue.SimpleQueue[tuple[Future[None], Callable[[], None]]] = queue.SimpleQueue()
        self._open: list[MainThreadSink] = []

    def place(self, sink: Sink) -> Sink:
        """Return ``sink`` as one that any thread may use."""
        return _Placed(cast("MainThreadSink", sink), self)

    def serve(self) -> None:
        """Make the calls that wait, and answer the desktop; to be called about thirty times a second."""
        while not self._calls.empty():
            future, call = self._calls.get_nowait()
            try:
                call()
            except Exception as err:  # noqa: BLE001 - handed over to the thread that asked
                future.set_exception(err)
            else:
                future.set_result(None)
        for sink in self._open:
            sink.pump()

    def call(self, function: Callable[[], None]) -> None:
        """Have ``function`` called by the thread that serves, and wait until that is done.

        Raises
        ------
        ShutdownError
            Nobody serves.
        """
        future: Future[None] = Future()
        self._calls.put((future, function))
        try:
            future.result(DEADLINE_S)
        except TimeoutError as err:
            raise ShutdownError(f"the main thread did not serve its windows within {DEADLINE_S:g} s") from err

    # For the sinks that were placed here; on the thread that serves.

    def opened(self, sink: MainThreadSink) -> None:
        """Take note that the desktop may ask ``sink``."""
        self._open.append(sink)

    def closed(self, sink: MainThreadSink) -> None:
        """Take note that it does so no more."""
        if sink in self._open:
            self._open.remove(sink)


class _Placed:
    """A sink that hands every call to the desk, and waits for it: what comes meanwhile is skipped and counted."""

    needs_main_thread = False

    def __init__(self, sink: MainThreadSink, desk: WindowDesk) -> None:
        self._sink = sink
        self._desk = desk
        self.name = sink.name
        self.needs_every_frame = sink.needs_every_frame

    def open(self, stream: StreamInfo) -> None:
        """Open the sink."""
        self._desk.call(lambda: self._open(stream))

    def write(self, rendering: Rendering) -> None:
        """Write to the sink."""
        self._desk.call(lambda: self._sink.write(rendering))

    def close(self) -> None:
        """Close the sink."""
        self._desk.call(self._close)

    def _open(self, stream: StreamInfo) -> None:
        self._sink.open(stream)
        self._desk.opened(self._sink)

    def _close(self) -> None:
        self._desk.closed(self._sink)
        self._sink.close()
