"""How long drawing a canvas takes, by frame size and by how much of the frame the mask covers.

Usage: ``python benchmarks/overlay.py [--count 200] [--processor-time]``. The baseline is inference alone, taken in
turns with the drawing; callipers, values and caption are drawn too, with another number and time for every frame.
"Kept" is the copy for a recording with what is around the scan blacked out. On a busy machine, ``--processor-time``
counts what each costs instead of how long it takes.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import streamseg
from streamseg.frame import Frame, Segmentation
from streamseg.geometry import Size
from streamseg.machine import machine_line
from streamseg.model import Model
from streamseg.outline import Cover, Outline
from streamseg.overlay import Caption, draw
from streamseg.overlay.compose import blacked_out, overlay_marks
from streamseg.overlay.panes import picture_panes
from streamseg.postprocess import segment
from streamseg.prepare import Placement, prepare
from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings

SIZES = ((480, 640), (600, 800), (960, 1280), (1080, 1920))
SHARES = {"15 %": 0.15, "all": 1.0}
FRAME_NS = 33_366_667
WARM_UP = 10


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200, help="drawings of each kind")
    parser.add_argument("--processor-time", action="store_true", help="of all threads of this process")
    arguments = parser.parse_args()
    clock_ns = time.process_time_ns if arguments.processor_time else time.perf_counter_ns
    cv2.setNumThreads(1)  # as in a pipeline
    table = Table("frame", "mask", "draw p50 ms", "p95 ms", "kept p50 ms", "inference p50 ms", "draw / inference")
    with streamseg.load_model() as model:
        for size in SIZES:
            for name, share in SHARES.items():
                draw_ms, kept_ms, infer_ms = measure(model, example(size, share, model), arguments.count, clock_ns).T
                p50, p95 = np.percentile(draw_ms, [50, 95])
                kept, bare = np.median(kept_ms), np.median(infer_ms)
                row = (f"{p50:.2f}", f"{p95:.2f}", f"{kept:.2f}", f"{bare:.1f}", f"{p50 / bare:.3f}")
                table.add_row(f"{size[1]}x{size[0]}", name, *row)
    console = Console(width=120)
    console.print(table)
    kind = "processor time" if arguments.processor_time else "time"
    console.print(f"{kind}, N = {arguments.count} each, first {WARM_UP} left out. {machine_line()}")


def measure(model: Model, segmentation: Segmentation, count: int, clock_ns: Callable[[], int]) -> NDArray[np.float64]:
    """Return the milliseconds of each drawing, each kept copy and each inference, taken in turns, (count, 3)."""
    spec, settings, caption = model.card.input, OverlaySettings(), Caption.of(model.card, "exact")
    size = segmentation.frame.size
    tensor = prepare(segmentation.frame.image, "grey", spec, Placement.fit(size, None, spec))
    cover = Cover(sector(size), panes=picture_panes(size, settings.mode))
    rows = []
    for shown in numbered(segmentation, count + WARM_UP):
        stamps = [clock_ns()]
        marks = overlay_marks(shown, settings, caption.rgb)
        canvas = draw(shown, settings=settings, caption=caption, marks=marks)
        stamps.append(clock_ns())
        blacked_out(canvas, marks, cover)
        stamps.append(clock_ns())
        model.infer(tensor)
        rows.append([*stamps, clock_ns()])
    return np.diff(np.array(rows[WARM_UP:])) / 1e6


def numbered(segmentation: Segmentation, count: int) -> Iterator[Segmentation]:
    """Yield ``segmentation`` as the result of ``count`` frames, each with another number and time."""
    for index in range(count):
        yield replace(segmentation, frame=replace(segmentation.frame, index=index, media_time_ns=index * FRAME_NS))


def sector(size: Size) -> Outline:
    """Return the outline of a scan that is narrow at its top, in frames of ``size`` (height, width)."""
    height, width = size
    return Outline(((0, width // 3), (0, 2 * width // 3), (height - 1, width - 1), (height - 1, 0)))


def example(size: Size, share: float, model: Model) -> Segmentation:
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
    live = LiveSettings(threshold=model.card.threshold, overlay=OverlaySettings(), measure=("area", "hc", "bpd"))
    return segment(Frame(noise, 0, time.monotonic_ns()), model_map, placement, live)


if __name__ == "__main__":
    main()
