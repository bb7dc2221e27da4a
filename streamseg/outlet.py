"""A sink with the queue before it, which loses no event even where it loses pictures."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

from streamseg.frame import Event, Queue, Rendering
from streamseg.protocols import Sink
from streamseg.ring_buffer import BufferClosed, Policy, RingBuffer

LIVE_QUEUE_FRAMES = 8


class Outlet:
    """Queues renderings for a sink.

    For a file, a sink that needs every frame holds the line up rather than lose one; everything else is skipped for it
    and counted. The events of a rendering that was skipped come with the next one.
    """

    def __init__(self, sink: Sink, *, is_live: bool, queue_frames: int) -> None:
        self.sink = sink
        waits = sink.needs_every_frame and not is_live
        capacity = (LIVE_QUEUE_FRAMES if is_live else queue_frames) if sink.needs_every_frame else 1
        self.queue: RingBuffer[Rendering] = RingBuffer(capacity, Policy.BLOCK if waits else Policy.DROP_OLDEST)
        self._events: list[Event] = []
        self._lock = threading.Lock()

    @property
    def state(self) -> Queue:
        """The queue at this moment."""
        return Queue(self.sink.name, len(self.queue), self.queue.capacity, self.queue.dropped)

    def put(self, rendering: Rendering) -> None:
        """Queue ``rendering``; a sink that has ended gets no more."""
        if rendering.events:
            with self._lock:
                self._events.extend(rendering.events)
        with suppress(BufferClosed):
            self.queue.put(rendering)

    def get(self, timeout_s: float | None = None) -> Rendering:
        """Remove and return the oldest rendering with all events up to it, waiting for one.

        Raises
        ------
        BufferClosed
            The stream has ended, and nothing is queued.
        TimeoutError
            Nothing came within ``timeout_s``.
        """
        rendering = self.queue.get(timeout_s)
        return replace(rendering, events=self._events_until(rendering.segmentation.frame.index))

    def serve(self) -> None:
        """Write what is queued until the stream ends; then finish the output, whatever happened."""
        try:
            with suppress(BufferClosed):
                while True:
                    self.sink.write(self.get())
        finally:
            self.queue.close()
            self.sink.close()

    def _events_until(self, index: int) -> tuple[Event, ...]:
        if not self._events:
            return ()
        with self._lock:
            due = tuple(event for event in self._events if event.index is None or event.index <= index)
            self._events = [event for event in self._events if event not in due]
        return due
