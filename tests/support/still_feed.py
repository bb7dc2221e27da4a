"""A stream that stands still: every number is known, and the controls are real."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from streamseg.frame import Event, Frame, Queue, Rendering
from streamseg.protocols import SegmenterInfo, SourceInfo
from streamseg.settings import OutputSettings, OverlaySettings, StreamSettings
from streamseg.steering.controls import Controls
from streamseg.steering.live_settings import LiveSettings
from streamseg.timing import Spread
from streamseg.watch.feed import Switcher, Transport
from streamseg.watch.snapshot import (
    HISTOGRAM_BINS,
    Finding,
    Identity,
    Inspection,
    Latency,
    MinuteHistory,
    Position,
    Rates,
    Resources,
    ScoreTrack,
    Snapshot,
)
from streamseg.watch.summary import STAGES, ModelIdentity
from tests.support.renderings import rendering_of

EXACT_STAGES = ("capture", *(stage for stage in STAGES if stage != "carry"))
LENGTH = 240
INDEX = 96
NOW_NS = 100_000_000_000
ELAPSED_S = 65.0


def minute(base: float, *, wave: float = 0.1) -> tuple[float, ...]:
    """Return 60 values about ``base``, the same on every machine."""
    return tuple(base * (1 + wave * ((second * 7) % 11 - 5) / 5) for second in range(60))


def latency_of(base_ms: float) -> Latency:
    spread = Spread(1500, base_ms, 1.2 * base_ms, 1.5 * base_ms, 2 * base_ms)
    return Latency(spread, spread, minute(base_ms), minute(1.2 * base_ms))


def track_of(length: int, known: int) -> ScoreTrack:
    """Return the scores of ``length`` frames, those from ``known`` on not seen yet; frames 50 to 69 are findings."""
    index = np.arange(length)
    score = np.where((index >= 50) & (index < 70), 0.8, 0.1).astype(np.float32)
    score[known:] = np.nan
    return ScoreTrack(
        index=np.where(index < known, index, -1),
        time_s=np.where(index < known, 5 + index * 60 / length, np.nan),
        mean=score / 4,
        maximum=score,
        top_percent=score,
        area=score / 8,
        area_px=score * 1000,
        area_mm2=score * np.float32(np.nan),
    )


@dataclass
class Switches:
    """Writes down what it was asked to go over to."""

    location: str = "clip.mp4"
    can_switch_back: str = ""
    asked: list[tuple[str | None, StreamSettings | None]] = field(default_factory=list)
    went_back: int = 0

    def switch(self, *, location: str | None = None, settings: StreamSettings | None = None) -> None:
        self.asked.append((location, settings))
        self.can_switch_back = f"{self.location}, us-fetal-head"

    def switch_back(self) -> None:
        self.went_back += 1


@dataclass
class StillFeed:
    """A feed with real controls; whatever is to differ from a stream in good health is put into ``changes``."""

    folder: Path
    is_live: bool = False
    changes: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.settings = StreamSettings(output=OutputSettings(folder=self.folder))
        self.controls = Controls(LiveSettings(threshold=0.5, overlay=OverlaySettings()))
        self.controls.set_abilities(is_seekable=not self.is_live, is_paced=not self.is_live)
        place = Frame(np.zeros((8, 8), np.uint8), INDEX, 0, media_index=INDEX)
        self.controls.take_turn(place, "auto")
        self.rendering: Rendering | None = rendering_of(INDEX, size=(96, 128))
        self.switches = Switches()
        self.events: tuple[Event, ...] = ()

    @property
    def transport(self) -> Transport | None:
        return None if self.is_live else self.controls

    @property
    def switcher(self) -> Switcher:
        return self.switches

    def snapshot(self) -> Snapshot:
        controls = self.controls
        source = SourceInfo(
            "video", "clip.mp4", self.is_live, (96, 128), 25.0, None if self.is_live else LENGTH, "h264 128x96 at 25 Hz"
        )
        snapshot = Snapshot(
            taken_ns=NOW_NS,
            state="held" if controls.is_paused else "running",
            elapsed_s=ELAPSED_S,
            identity=Identity(
                source,
                ModelIdentity("us-fetal-head", "0.1.0", "0123456789abcdef" * 4),
                SegmenterInfo("onnx", "CPUExecutionProvider", "float32", 2),
                structure="fetal head",
                modality="US",
            ),
            rates=Rates(25.0, 24.9, 24.8),
            latency={stage: latency_of(2.0 + place) for place, stage in enumerate(EXACT_STAGES)},
            history=MinuteHistory(minute(25), minute(24.9), minute(24.8), minute(0), minute(80)),
            age_ms=42.0,
            jitter_ms=1.25,
            frames_in=1500,
            frames_out=1490,
            queues=(Queue("frames", 1, 4), Queue("results", 0, 2), Queue("record", 4, 4, 3)),
            drops={"seek": 7, "inference_busy": 3},
            resources=Resources(85.0, 300.0),
            live=controls.current,
            can_undo=controls.can_undo,
            can_redo=controls.can_redo,
            position=Position(INDEX, None if self.is_live else INDEX, None if self.is_live else LENGTH, is_paced=True),
            finding=Finding(0.12, 0.97, 0.84, 0.1, 1234, None, controls.current.threshold),
            scores=track_of(LENGTH, 120),
            file_scores=None if self.is_live else track_of(LENGTH, 120),
            events=(*self.events, *(replace(event, at_ns=NOW_NS) for event in controls.events)),
            latest=self.rendering,
        )
        return replace(snapshot, **self.changes)  # type: ignore[arg-type]

    def inspect(self) -> Inspection:
        histogram = np.exp(-np.arange(HISTOGRAM_BINS) / 8)
        histogram[-8:] += 0.2
        return Inspection(INDEX, histogram / histogram.sum(), 1200, None, 2)


class StillLog:
    """The same stream as a log of it shows it: nothing can be changed, and there is no picture."""

    controls = None
    transport: Transport | None = None
    switcher: Switcher | None = None
    settings: StreamSettings | None = None

    def __init__(self, folder: Path) -> None:
        self._snapshot = replace(StillFeed(folder).snapshot(), latest=None, can_undo="", can_redo="")

    def snapshot(self) -> Snapshot:
        return self._snapshot

    def inspect(self) -> Inspection | None:
        return None
