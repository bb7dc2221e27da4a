"""Measures bare inference and whole pipelines in one run, taking turns, so that all meet the same machine."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.api import build, live_settings, open_source
from streamseg.backends.lanes import Lanes
from streamseg.errors import SettingsError, SourceUnreadableError
from streamseg.model import Model
from streamseg.scene import SceneTracker
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls
from streamseg.timing import Durations, Spread

WARM_UP_FRAMES = 10

Measure = Callable[[], "Measured"]


@dataclass(frozen=True, slots=True)
class Measured:
    """One round of one contestant: frames per second, and percentiles in milliseconds by stage."""

    fps: float
    stages: Mapping[str, Spread]


@dataclass(frozen=True, slots=True)
class Contest:
    """All rounds of all contestants, by name."""

    rounds: Mapping[str, Sequence[Measured]]

    def fps(self, name: str) -> float:
        """Return the median over the rounds."""
        return statistics.median(measured.fps for measured in self.rounds[name])

    def range_fps(self, name: str) -> tuple[float, float]:
        """Return the slowest and the fastest round."""
        values = [measured.fps for measured in self.rounds[name]]
        return min(values), max(values)

    def ratio(self, name: str, to: str) -> float:
        """Return the median over the rounds of ``name``'s rate to that of ``to`` in the same round.

        A machine that slows down between two rounds changes both, and not their ratio.
        """
        pairs = zip(self.rounds[name], self.rounds[to], strict=True)
        return statistics.median(one.fps / other.fps for one, other in pairs)

    def stages(self, name: str) -> dict[str, Spread]:
        """Return for each stage the medians of the rounds' percentiles, and the overall count and maximum."""
        every = [measured.stages for measured in self.rounds[name]]
        return {stage: _median_spread([stages[stage] for stages in every if stage in stages]) for stage in every[0]}


def hold(contestants: Mapping[str, Measure], rounds: int, on_turn: Callable[[], None]) -> Contest:
    """Let the contestants take turns for ``rounds`` rounds, in reversed order every other round.

    Parameters
    ----------
    on_turn
        Called after each turn, for a progress bar.
    """
    results: dict[str, list[Measured]] = {name: [] for name in contestants}
    for number in range(rounds):
        for name in list(contestants)[:: 1 if number % 2 == 0 else -1]:
            results[name].append(contestants[name]())
            on_turn()
    return Contest(results)


def bare_inference(lanes: Lanes, tensor: NDArray[np.float32], frames: int) -> Measured:
    """Infer the same ``tensor`` (1, h, w, 1) ``frames`` times, as many at once as there are lanes, and nothing else."""
    durations = Durations()

    def infer_once(_: int) -> int:
        begin_ns = time.perf_counter_ns()
        lanes.infer(tensor)
        return time.perf_counter_ns() - begin_ns

    begin_ns = time.perf_counter_ns()
    pool = ThreadPoolExecutor(len(lanes))
    try:
        for took_ns in pool.map(infer_once, range(frames)):
            durations.add(took_ns)
    finally:
        pool.shutdown(cancel_futures=True)
    return Measured(frames * 1e9 / (time.perf_counter_ns() - begin_ns), {"inference": durations.spread})


def pipeline(location: str, model: Model, settings: StreamSettings) -> Measured:
    """Run ``location`` through the whole line, from the source to the drawn canvas and the sinks of ``settings``.

    Raises
    ------
    KeyboardInterrupt
        It was interrupted, so that its figures mean nothing.
    """
    summary = build(location, model, settings, has_window=False).run()
    if summary.was_interrupted:
        raise KeyboardInterrupt
    return Measured(summary.fps, summary.latency_ms)


def recorded_pipeline(location: str, model: Model, settings: StreamSettings) -> Measured:
    """Do as `pipeline`, with a recording that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="streamseg-bench-") as folder:
        return pipeline(location, model, with_output(settings, record=Path(folder) / "bench.mp4"))


def first_tensor(location: str, model: Model, settings: StreamSettings) -> NDArray[np.float32]:
    """Return the tensor (1, h, w, 1) of the first frame of ``location``.

    Raises
    ------
    SourceError
        No frame comes.
    SettingsError
        The source is live, so that its own pace would be measured.
    """
    controls = Controls(live_settings(model, settings))
    with closing(open_source(location, settings, controls, is_paced=False)) as source:
        if source.info.is_live:
            raise SettingsError(f"source {source.info.name!r} is live and would set the pace; measure a file instead")
        frame = next(source, None)
    if frame is None:
        raise SourceUnreadableError(f"source {location!r} ended before its first frame")
    return SceneTracker(settings.postprocess.region, model.card.input).prepare(frame).tensor


def endless(settings: StreamSettings, frames: int) -> StreamSettings:
    """Return ``settings`` for ``frames`` frames as fast as they go, from the start again when needed, unrecorded."""
    playback = settings.playback.model_copy(update={"loop": True, "pace": "max"})
    silent = with_output(settings, record=None, record_raw=None, log=None, summary=None, sinks=())
    return silent.model_copy(update={"playback": playback, "frames": frames, "view": "none"})


def with_output(settings: StreamSettings, **output: Any) -> StreamSettings:
    """Return ``settings`` with other outputs."""
    return settings.model_copy(update={"output": settings.output.model_copy(update=output)})


def _median_spread(spreads: Sequence[Spread]) -> Spread:
    return Spread(
        count=sum(spread.count for spread in spreads),
        p50=statistics.median(spread.p50 for spread in spreads),
        p95=statistics.median(spread.p95 for spread in spreads),
        p99=statistics.median(spread.p99 for spread in spreads),
        maximum=max(spread.maximum for spread in spreads),
    )
