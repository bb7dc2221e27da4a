"""How long a frame takes to be measured, and its callipers to be drawn, at the size of the HC18 pictures.

Usage: ``python benchmarks/measurements.py [--count 300]``. Processor time of one thread, so that a busy machine counts
less; every frame has other values, as on a moving picture.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from streamseg.frame import Frame, Scores, Segmentation
from streamseg.geometry import Box
from streamseg.machine import machine_line
from streamseg.measure import measure
from streamseg.model_card import MeasurementKind
from streamseg.overlay.callipers import calliper_marks
from streamseg.overlay.mark import paint

SIZE = 540, 800
HALF_AXES_PX = {"usual head": (250, 190), "head that fills the picture": (300, 220)}
KINDS: dict[str, tuple[MeasurementKind, ...]] = {
    "us-fetal-head": ("area", "hc", "bpd"),
    "ct-haemorrhage": ("area", "diameters"),
    "all": ("area", "diameters", "depth", "hc", "bpd"),
}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300, help="frames of each kind")
    count = parser.parse_args().count
    cv2.setNumThreads(1)  # as in a pipeline
    table = Table("mask", "measurements", "measure p50 ms", "p95 ms", "draw p50 ms", "p95 ms")
    for mask_name, half_axes in HALF_AXES_PX.items():
        segmentation = example(*half_axes)
        for kinds_name, kinds in KINDS.items():
            table.add_row(mask_name, kinds_name, *(f"{ms:.2f}" for ms in figures(segmentation, kinds, count)))
    console = Console()
    console.print(table)
    console.print(f"N = {count} each, first 10 left out. {machine_line()}")


def figures(segmentation: Segmentation, kinds: tuple[MeasurementKind, ...], count: int) -> tuple[float, ...]:
    """Return the median and 95th percentile in milliseconds of measuring, then of drawing."""
    pane = np.full((*SIZE, 3), 60, np.uint8)
    measuring_ms, drawing_ms = [], []
    for number in range(count + 10):
        measuring_ms.append(timed(lambda: measure(segmentation, kinds)))
        found = measure(segmentation, kinds)
        other = tuple(replace(each, value=(each.value or 0) + 0.1 * number) for each in found)
        shown = replace(segmentation, measurements=other)
        drawing_ms.append(timed(lambda shown=shown: paint(calliper_marks(shown), pane)))  # type: ignore[misc]  # no type is inferred for a bound default
    return *np.percentile(measuring_ms[10:], [50, 95]), *np.percentile(drawing_ms[10:], [50, 95])


def example(long_px: int, short_px: int) -> Segmentation:
    """Return a frame with an ellipse of these half axes as its mask."""
    bits = np.zeros(SIZE, np.uint8)
    cv2.ellipse(bits, (400, 270), (long_px, short_px), 23, 0, 360, (1,), cv2.FILLED)
    mask: NDArray[np.bool_] = bits.view(np.bool_)
    frame = Frame(np.full(SIZE, 60, np.uint8), 0, time.monotonic_ns(), spacing_mm=(0.1, 0.1))
    area_px = int(mask.sum())
    scores = Scores(0.2, 1.0, 1.0, 0.2)
    return Segmentation(frame, mask.astype(np.float32), mask, Box.whole(SIZE), scores, 0.5, area_px, area_px / 100)


def timed(work: Callable[[], object]) -> float:
    """Return how many milliseconds of processor time ``work`` takes."""
    begin_ns = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - begin_ns) / 1e6


if __name__ == "__main__":
    main()
