"""A source whose every frame is known beforehand, for tests of what happens behind it."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest

from streamseg.frame import Frame
from streamseg.protocols import SourceInfo
from streamseg.settings import OverlaySettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings


@dataclass
class ScriptedSource:
    """Frames whose grey level is their index, at a size; optionally an error after the last, or a pause between."""

    count: int
    rate_hz: float | None = None
    is_live: bool = False
    sizes: list[tuple[int, int]] = field(default_factory=lambda: [(48, 64)])
    error: Exception | None = None
    interval_s: float = 0.0
    has_media_time: bool = True
    closes: int = 0

    def __post_init__(self):
        self._next = 0
        self._closed = threading.Event()

    @property
    def info(self):
        return SourceInfo("scripted", "scripted", self.is_live, rate_hz=self.rate_hz, frame_count=self.count)

    def __iter__(self):
        return self

    def __next__(self):
        if self.interval_s and self._closed.wait(self.interval_s):
            raise StopIteration
        if self._closed.is_set():
            raise StopIteration
        if self._next == self.count:
            if self.error:
                raise self.error
            raise StopIteration
        index = self._next
        self._next += 1
        size = self.sizes[min(index, len(self.sizes) - 1)]
        media = int(index * 1e9 / (self.rate_hz or 10)) if self.has_media_time else None
        return Frame(np.full(size, index % 251, np.uint8), index, time.monotonic_ns(), media)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.closes += 1
        self._closed.set()


@pytest.fixture
def scripted():
    return ScriptedSource


@pytest.fixture
def controls():
    return Controls(LiveSettings(threshold=0.5, overlay=OverlaySettings(), region="whole"))
