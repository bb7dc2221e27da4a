"""Latency of a live source on the exact route, from capture to canvas, against the inference that it waits for.

Usage: ``python benchmarks/live.py [--rounds 5] [--seconds 8] [--precision float32]``. The source plays pictures of the
phantom that were computed beforehand, by the clock, as a camera does: it costs no processor time, and a frame that
nobody takes in time is lost. Inference alone, back to back, takes its turn in every round: where its own p95 is far
above its median, the machine is busy with something else.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

import streamseg
from streamseg.api import assemble, live_settings
from streamseg.frame import Frame
from streamseg.machine import machine_line
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
    console = Console()
    summaries: dict[int, list[Summary]] = {rate_hz: [] for rate_hz in RATES_HZ}
    bare: list[Spread] = []
    with streamseg.load_model(precision=arguments.precision) as model:
        run(pictures, RATES_HZ[0], 2, model)  # to warm up
        for _ in track(range(arguments.rounds), "measuring", console=console, transient=True):
            bare.append(inference_alone(pictures[0], model))
            for rate_hz, runs in summaries.items():
                runs.append(run(pictures, rate_hz, arguments.seconds, model))
    console.print(table(summaries))
    p50, p95 = median(spread.p50 for spread in bare), median(spread.p95 for spread in bare)
    console.print(f"inference alone: p50 {p50:.1f} ms, p95 {p95:.1f} ms, {p95 / p50:.2f} times as long")
    console.print(
        f"medians of {arguments.rounds} runs of {arguments.seconds:g} s, {arguments.precision}, 640x480, "
        f"milliseconds. {machine_line()}"
    )


def table(summaries: Mapping[int, Sequence[Summary]]) -> Table:
    """Return medians over the runs at each rate, and the range of the ratio."""
    result = Table("source", "shown /s", "inference p50", "to canvas p50", "p95", "p95 / inference p50 (range)")
    for rate_hz, runs in summaries.items():
        inference = [run.latency_ms["inference"].p50 for run in runs]
        whole = [run.latency_ms["capture_to_canvas"] for run in runs]
        ratios = [each.p95 / bare for each, bare in zip(whole, inference, strict=True)]
        result.add_row(
            f"{rate_hz} Hz",
            f"{median(run.fps for run in runs):.1f}",
            f"{median(inference):.1f}",
            f"{median(each.p50 for each in whole):.1f}",
            f"{median(each.p95 for each in whole):.1f}",
            f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        )
    return result


def inference_alone(picture: NDArray[np.uint8], model: Model) -> Spread:
    """Return the percentiles of inferring the same picture (H, W) again and again."""
    tensor = SceneTracker("auto", model.card.input).prepare(Frame(picture, 0, 0)).tensor
    durations = Durations()
    for _ in range(100):
        begin_ns = time.perf_counter_ns()
        model.infer(tensor)
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
