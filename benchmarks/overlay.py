"""How long drawing a canvas takes, by frame size and by how much of the frame the mask covers.

Usage: ``python benchmarks/overlay.py [--count 200]``. The baseline is inference alone, taken in turns with the drawing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import streamseg
from streamseg.frame import Frame, Segmentation
from streamseg.machine import machine_line
from streamseg.model import Model
from streamseg.overlay import Caption, draw
from streamseg.postprocess import segment
from streamseg.prepare import Placement, prepare
from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings

SIZES = ((480, 640), (960, 1280), (1080, 1920))
SHARES = {"15 % of the frame": 0.15, "all of the frame": 1.0}


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="drawings of each kind")
    count = parser.parse_args().count
    cv2.setNumThreads(1)  # as in a pipeline
    table = Table("frame", "mask", "draw p50 ms", "p95 ms", "inference p50 ms", "draw / inference")
    with streamseg.load_model() as model:
        for size in SIZES:
            for name, share in SHARES.items():
                draw_ms, infer_ms = measure(model, size, share, count)
                p50, p95 = np.percentile(draw_ms, [50, 95])
                bare = float(np.median(infer_ms))
                row = (f"{p50:.2f}", f"{p95:.2f}", f"{bare:.1f}", f"{p50 / bare:.3f}")
                table.add_row(f"{size[1]}x{size[0]}", name, *row)
    console = Console()
    console.print(table)
    console.print(f"N = {count} each, first 10 left out. {machine_line()}")


def measure(
    model: Model, size: tuple[int, int], share: float, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the milliseconds of each drawing and of each inference, taken in turns."""
    segmentation = example(size, share, model)
    tensor = prepare(segmentation.frame.image, "grey", model.card.input, Placement.fit(size, None, model.card.input))
    caption = Caption.of(model.card, "exact")
    settings = OverlaySettings()
    draws, inferences = [], []
    for _ in range(count + 10):
        draws.append(timed(lambda: draw(segmentation, settings=settings, caption=caption)))
        inferences.append(timed(lambda: model.infer(tensor)))
    return np.array(draws[10:]), np.array(inferences[10:])


def example(size: tuple[int, int], share: float, model: Model) -> Segmentation:
    """Return a segmentation of speckle whose mask is an ellipse that covers ``share`` of the frame."""
    noise = np.random.default_rng(0).rayleigh(60, (*size, 3)).clip(0, 255).astype(np.uint8)
    spec = model.card.input
    placement = Placement.fit(size, None, spec)
    model_map = np.ones(spec.size, np.float32)
    if share < 1:
        model_map = np.zeros(spec.size, np.float32)
        inner = placement.letterbox.inner
        axes = [int(np.sqrt(share / np.pi) * length) for length in (inner.width, inner.height)]
        cv2.ellipse(model_map, (spec.width // 2, spec.height // 2), axes, 20, 0, 360, 1.0, cv2.FILLED)
        model_map = cv2.GaussianBlur(model_map, (0, 0), 3).astype(np.float32)
    live = LiveSettings(threshold=model.card.threshold, overlay=OverlaySettings())
    return segment(Frame(noise, 0, time.monotonic_ns()), model_map, placement, live)


def timed(work: Callable[[], Any]) -> float:
    """Return how many milliseconds ``work`` takes."""
    begin_ns = time.perf_counter_ns()
    work()
    return (time.perf_counter_ns() - begin_ns) / 1e6


if __name__ == "__main__":
    main()
