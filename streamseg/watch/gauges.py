"""The gauges of a stream that a snapshot is read from, be it one that runs or one that a log tells of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from streamseg.frame import Segmentation
from streamseg.timing import BySecond, RateMeter, Spread
from streamseg.watch.score_book import ScoreBook
from streamseg.watch.snapshot import Finding, Latency, MinuteHistory, Rates, ScoreTrack
from streamseg.watch.summary import Stages

# Percentiles of a minute move slowly; working them out this often costs a twentieth of doing so for every snapshot.
_LATENCY_NS = 500_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What all gauges show at one moment."""

    rates: Rates
    latency: Mapping[str, Latency]
    history: MinuteHistory
    scores: ScoreTrack
    file_scores: ScoreTrack | None


class Gauges:
    """Everything that is counted frame by frame or second by second, in constant memory.

    Parameters
    ----------
    length
        Number of frames in the file or stack, where known.
    """

    def __init__(
        self,
        *,
        stages: Stages | None = None,
        capture: RateMeter | None = None,
        inference: RateMeter | None = None,
        length: int | None = None,
    ) -> None:
        self.stages = stages or Stages()
        self.capture = capture or RateMeter()
        self.inference = inference or RateMeter()
        self.display = RateMeter()
        self.scores = ScoreBook(length)
        self.dropped = BySecond()
        self.cpu_percent = BySecond()
        self._latency: dict[str, Latency] = {}
        self._latency_ns = 0

    def read(self, now_ns: int) -> Reading:
        """Return what the gauges show at ``now_ns`` on the monotonic clock."""
        return Reading(
            rates=Rates(self.capture.rate(now_ns), self.inference.rate(now_ns), self.display.rate(now_ns)),
            latency=self._latencies(now_ns),
            history=MinuteHistory(
                capture_hz=self.capture.by_second(now_ns),
                inference_hz=self.inference.by_second(now_ns),
                display_hz=self.display.by_second(now_ns),
                drops=self.dropped.values(now_ns),
                cpu_percent=self.cpu_percent.values(now_ns),
            ),
            scores=self.scores.recent(),
            file_scores=self.scores.file(now_ns),
        )

    def _latencies(self, now_ns: int) -> Mapping[str, Latency]:
        if not self._latency or abs(now_ns - self._latency_ns) >= _LATENCY_NS:
            self._latency_ns = now_ns
            self._latency = {
                stage: self._stage_latency(stage, run, now_ns) for stage, run in self.stages.spreads.items()
            }
        return self._latency

    def _stage_latency(self, stage: str, run: Spread, now_ns: int) -> Latency:
        recent = self.stages.recent[stage]
        by_second = recent.by_second(now_ns)
        return Latency(run, recent.minute(now_ns), by_second.p50, by_second.p95)


def finding_of(segmentation: Segmentation) -> Finding:
    """Return what was found in a frame."""
    scores = segmentation.scores
    return Finding(
        mean=scores.mean,
        maximum=scores.maximum,
        top_percent=scores.top_percent,
        area=scores.area,
        area_px=segmentation.area_px,
        area_mm2=segmentation.area_mm2,
        threshold=segmentation.threshold,
        measurements=segmentation.measurements,
    )
