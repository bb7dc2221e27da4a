"""A source whose every frame is known beforehand, what plays it and puts it through the line, and small models."""

import threading
import time
from dataclasses import dataclass, field

import numpy as np
import pytest

from streamseg.engine import ExactEngine, LiveEngine
from streamseg.frame import Frame
from streamseg.pipeline import Pipeline
from streamseg.playback import Playback
from streamseg.protocols import SegmenterInfo, SourceInfo, StreamInfo
from streamseg.settings import OverlaySettings, PlaybackSettings, PostprocessSettings, StreamSettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings
from tests.support.engines import echo
from tests.support.renderings import CARD, WEIGHTS


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


@pytest.fixture
def play(scripted, controls):
    """Make the playback of a scripted source."""

    def make(count=10, *, is_paced=False, rate_hz=10, is_live=False, **settings):
        return Playback(
            lambda: scripted(count, rate_hz=rate_hz, is_live=is_live),
            PlaybackSettings(**settings),
            controls,
            is_paced=is_paced,
        )

    return make


@pytest.fixture
def pipeline_of(controls):
    """Make the whole line from a source to its sinks."""

    def make(source, *sinks, infer=echo, route="exact", **more):
        settings = StreamSettings(postprocess=PostprocessSettings(region="whole"), **more)
        engine = (LiveEngine if route == "live" else ExactEngine)(source, infer, CARD.input, settings, controls)
        segmenter = SegmenterInfo("echo", "CPU", "float32", 1)
        stream = StreamInfo(source.info, segmenter, CARD, WEIGHTS, route, settings, controls)
        return Pipeline(engine, stream, sinks)

    return make


@pytest.fixture
def models(tmp_path):
    """Write a folder with a card, its float32 weights and its 8-bit ones."""
    from tests.support.tiny_models import write_models  # brings ONNX along, which most of these tests do without

    write_models(tmp_path)
    return tmp_path
