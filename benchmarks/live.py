"""Latency of a live source on the exact route, from capture to canvas, against the inference that it waits for.

Usage: ``python benchmarks/live.py [--rounds 5] [--seconds 8] [--precision float32]``. The source plays pictures of the
phantom that were computed beforehand, by the clock, as a camera does: it costs no processor time, and a frame that
nobody takes in time is lost. Inference alone, back to back, takes its turn in every round: where its own p95 is far
above its median, the machine is busy with something else. So does ``bare``, the study's network in float32 on ONNX
Runtime left to itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median

import numpy as np
from backends import bare_run
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import streamseg
from streamseg.api import assemble, live_settings
from streamseg.frame import Frame
from streamseg.machine import machine_line, usable_cores
from streamseg.model import Model
from streamseg.phantom import Phantom
from streamseg.protocols import Source, SourceInfo
from streamseg.scene import SceneTracker
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls
from streamseg.timing import Durations, Spread
from streamseg.watch.summary import Summary

RATES_HZ = (30, 60)
PICTURES = 60


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8, help="length of each run")
    parser.add_argument("--rounds", type=int, default=5, help="runs at each rate, taken in turns")
    parser.add_argument("--precision", default="float32")
    arguments = parser.parse_args()
    phantom = Phantom()
    pictures = [phantom.render(index / 30)[0] for index in range(PICTURES)]
    console = Console(width=120)
    summaries: dict[int, list[Summary]] = {rate_hz: [] for rate_hz in RATES_HZ}
    alone: list[Spread] = []
    bare: list[Spread] = []
    infer_bare = bare_run(usable_cores())
    with streamseg.load_model(precision=arguments.precision) as model:
        tensor = SceneTracker("auto", model.card.input).prepare(Frame(pictures[0], 0, 0)).tensor
        run(pictures, RATES_HZ[0], 2, model)  # to warm up
        for _ in track(range(arguments.rounds), "measuring", console=console, transient=True):
            alone.append(back_to_back(partial(model.infer, tensor)))
            bare.append(back_to_back(infer_bare))
            for rate_hz, runs in summaries.items():
                runs.append(run(pictures, rate_hz, arguments.seconds, model))
    console.print(table(summaries, [each.p50 for each in bare]))
    for name, spreads in (("inference alone", alone), ("bare", bare)):
        p50, p95 = median(each.p50 for each in spreads), median(each.p95 for each in spreads)
        console.print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms, {p95 / p50:.2f} times as long")
    console.print(
        f"medians of {arguments.rounds} runs of {arguments.seconds:g} s, {arguments.precision}, 640x480, "
        f"milliseconds. {machine_line()}"
    )


def table(summaries: Mapping[int, Sequence[Summary]], bare_ms: Sequence[float]) -> Table:
    """Return medians over the runs at each rate, and p95 against inference and bare of the same round, with ranges."""
    result = Table(
        "source", "shown /s", "inference p50", "to canvas p50", "p95", "p95 / inference p50", "p95 / bare p50"
    )
    for rate_hz, runs in summaries.items():
        inference_ms = [run.latency_ms["inference"].p50 for run in runs]
        whole = [run.latency_ms["capture_to_canvas"] for run in runs]
        result.add_row(
            f"{rate_hz} Hz",
            f"{median(run.fps for run in runs):.1f}",
            f"{median(inference_ms):.1f}",
            f"{median(each.p50 for each in whole):.1f}",
            f"{median(each.p95 for each in whole):.1f}",
            *(_ratios([each.p95 for each in whole], baseline_ms) for baseline_ms in (inference_ms, bare_ms)),
        )
    return result


def _ratios(values_ms: Sequence[float], baseline_ms: Sequence[float]) -> str:
    ratios = [value / baseline for value, baseline in zip(values_ms, baseline_ms, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def back_to_back(infer: Callable[[], object]) -> Spread:
    """Return the percentiles of the same inference again and again."""
    durations = Durations()
    for _ in range(100):
        begin_ns = time.perf_counter_ns()
        infer()
        durations.add(time.perf_counter_ns() - begin_ns)
    return durations.spread


class Clockwork(Source):
    """A live source of pictures (H, W) uint8, again and again, one at each tick of the clock."""

    def __init__(self, pictures: list[NDArray[np.uint8]], rate_hz: float, seconds: float) -> None:
        self._info = SourceInfo("clockwork", "clockwork", is_live=True, rate_hz=rate_hz)
        self._pictures = pictures
        self._interval_s = 1 / rate_hz
        self._count = int(rate_hz * seconds)
        self._begin_s = time.monotonic()
        self._last = -1

    @property
    def info(self) -> SourceInfo:
        """A live source."""
        return self._info

    def __next__(self) -> Frame:
        """Wait for the next tick."""
        index = max(self._last + 1, int((time.monotonic() - self._begin_s) / self._interval_s))
        if index >= self._count:
            raise StopIteration
        time.sleep(max(0.0, self._begin_s + index * self._interval_s - time.monotonic()))
        self._last = index
        return Frame(self._pictures[index % len(self._pictures)], index, time.monotonic_ns())

    def close(self) -> None:
        """Let no more ticks come."""
        self._count = 0


def run(pictures: list[NDArray[np.uint8]], rate_hz: float, seconds: float, model: Model) -> Summary:
    """Return the summary of a live run without outputs."""
    settings = StreamSettings(route="exact")
    controls = Controls(live_settings(model, settings))
    return assemble(Clockwork(pictures, rate_hz, seconds), model, settings, controls).run()


if __name__ == "__main__":
    main()
