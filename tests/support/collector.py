"""A sink that keeps what it gets."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from streamseg.errors import SinkError
from streamseg.frame import Rendering
from streamseg.protocols import StreamInfo


@dataclass
class Collector:
    """A sink that keeps what it gets; it may be slow, fail at a frame, or live on the main thread."""

    name: str = "collector"
    needs_main_thread: bool = False
    needs_every_frame: bool = True
    pause_s: float = 0.0
    fails_at: int | None = None
    fails_to_open: bool = False
    renderings: list[Rendering] = field(default_factory=list)
    threads: set[str] = field(default_factory=set)
    pumps: int = 0
    closes: int = 0

    def open(self, stream: StreamInfo) -> None:
        if self.fails_to_open:
            raise SinkError("no such folder")
        self.stream = stream

    def write(self, rendering: Rendering) -> None:
        self.threads.add(threading.current_thread().name)
        if len(self.renderings) == self.fails_at:
            raise SinkError("disk full")
        time.sleep(self.pause_s)
        self.renderings.append(rendering)

    def pump(self) -> None:
        self.pumps += 1

    def close(self) -> None:
        self.closes += 1

    @property
    def indices(self) -> list[int]:
        return [rendering.segmentation.frame.index for rendering in self.renderings]
