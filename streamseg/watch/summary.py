"""What is known of a run at its end: frames, drops, rate, latencies, and what made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from streamseg.frame import Stamps
from streamseg.protocols import SegmenterInfo, SourceInfo
from streamseg.stacks.book import StackVolume
from streamseg.timing import Durations, Spread
from streamseg.watch.recent import RecentDurations

STAGES: Mapping[str, tuple[str, str]] = {
    "buffer": ("captured_ns", "taken_ns"),
    "prepare": ("taken_ns", "prepared_ns"),
    "inference": ("prepared_ns", "inferred_ns"),
    "hand_over": ("inferred_ns", "collected_ns"),
    "carry": ("prepared_ns", "carried_ns"),
    "postprocess": ("collected_ns", "postprocessed_ns"),
    "overlay": ("postprocessed_ns", "drawn_ns"),
    "capture_to_canvas": ("captured_ns", "drawn_ns"),
}
"""Each stage between the two stamps that bound it."""


class Stages:
    """Collects how long each stage took, from the stamps of every frame that came out."""

    def __init__(self) -> None:
        self._durations = {stage: Durations() for stage in ("capture", *STAGES)}
        self.recent: Mapping[str, RecentDurations] = {stage: RecentDurations() for stage in self._durations}

    def add(self, stamps: Stamps) -> None:
        """Count the stages of one frame; a stage that it did not pass is left out."""
        now_ns = stamps.drawn_ns or stamps.postprocessed_ns
        for stage, (begin, end) in STAGES.items():
            begin_ns, end_ns = getattr(stamps, begin), getattr(stamps, end)
            if begin_ns and end_ns:
                self._add(stage, end_ns - begin_ns, now_ns)

    def add_capture(self, duration_ns: int, now_ns: int) -> None:
        """Count how long the source took for one frame: decoding, or waiting for a camera."""
        self._add("capture", duration_ns, now_ns)

    def add_inference(self, duration_ns: int, now_ns: int) -> None:
        """Count an inference that no frame waited for, and whose stamps no frame has."""
        self._add("inference", duration_ns, now_ns)

    @property
    def spreads(self) -> dict[str, Spread]:
        """Percentiles of every stage that was passed, in the order of the line."""
        return {stage: spread for stage, durations in self._durations.items() if (spread := durations.spread).count}

    def _add(self, stage: str, duration_ns: int, now_ns: int) -> None:
        self._durations[stage].add(duration_ns)
        self.recent[stage].add(duration_ns, now_ns)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model it was, beyond doubt."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of a run.

    Attributes
    ----------
    frames_in, frames_out
        Frames that the source gave, and frames that came out. The difference is in ``drops``.
    fps
        Frames out per second, (N - 1) / (last - first).
    latency_ms
        Percentiles in milliseconds by stage; ``capture_to_canvas`` is the whole line. On the live route ``inference``
        is no part of that, and counts the frames that were inferred.
    stack
        What was found over a stack of slices; None for other sources.
    error
        Why the run ended early, where it did.
    """

    frames_in: int
    frames_out: int
    drops: Mapping[str, int]
    fps: float
    latency_ms: Mapping[str, Spread]
    model: ModelIdentity
    segmenter: SegmenterInfo
    source: SourceInfo
    threshold: float
    route: str
    stack: StackVolume | None = None
    outputs: tuple[str, ...] = ()
    was_interrupted: bool = False
    error: str | None = None
    notice: str = field(default="Research use only. Not a medical device.")

    def to_json(self) -> dict[str, Any]:
        """Return the summary as plain values, for a JSON file."""
        plain = asdict(self)
        segmenter = plain.pop("segmenter")
        if self.stack is not None:
            plain["stack"]["is_complete"] = self.stack.is_complete
        for spread in plain["latency_ms"].values():
            spread["max"] = spread.pop("maximum")
        return plain | {
            "backend": segmenter["backend"],
            "provider": segmenter["provider"],
            "precision": segmenter["precision"],
            "threads": segmenter["threads"],
        }
