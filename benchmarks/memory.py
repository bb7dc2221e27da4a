"""Resident memory over a long run: flat, or there is a leak.

Usage: ``python benchmarks/memory.py [SOURCE] [--model NAME] [--frames 20000] [--minutes 3]``. Synthetic frames, or
those of a file over and over again, through a bundled model and the overlay; 108,000 are an hour of stream time at
30 Hz. Growth is the slope of a straight line through the second half of the samples (least squares).
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass, field

import numpy as np
import psutil
from rich.console import Console

from streamseg.api import build, use_of
from streamseg.cli._measuring import endless
from streamseg.machine import machine_line
from streamseg.model import load_model
from streamseg.pipeline import Progress
from streamseg.settings import load_settings

STREAM_HZ = 30
SAMPLE_FRAMES = 200
SHOWN_FRAMES = 1000


@dataclass
class Memory:
    """Resident memory of this process, MiB, by the number of frames that had come out."""

    process: psutil.Process = field(default_factory=psutil.Process)
    frames: list[int] = field(default_factory=list)
    mib: list[float] = field(default_factory=list)

    def sample(self, frames: int) -> None:
        """Take a sample."""
        self.frames.append(frames)
        self.mib.append(self.process.memory_info().rss / 2**20)

    def is_due(self, frames: int) -> bool:
        """Whether enough frames have come out since the last sample."""
        return frames >= self.frames[-1] + SAMPLE_FRAMES

    @property
    def growth(self) -> float:
        """MiB per 1,000 frames over the second half; NaN where that is too short to tell."""
        later = np.array(self.frames) >= self.frames[-1] / 2
        if np.count_nonzero(later) < 3:
            return math.nan
        return float(np.polyfit(np.array(self.frames)[later], np.array(self.mib)[later], 1)[0]) * 1000


def main() -> None:
    """Run, sample, and print how memory went."""
    arguments = _arguments()
    console, memory = Console(), Memory()
    settings = load_settings(
        {
            ("source", "size"): "320x240",
            ("model", "name"): arguments.model,
            ("model", "precision"): arguments.precision,
            ("model", "backend"): arguments.backend,
        }
    )
    use = use_of(arguments.source, settings)
    with load_model(settings.model, use=use) as model:
        pipeline = build(arguments.source, model, endless(settings, arguments.frames), has_window=False)
        end_s = time.monotonic() + 60 * arguments.minutes

        def watch(progress: Progress) -> None:
            if time.monotonic() > end_s:
                pipeline.stop()
            if memory.is_due(progress.frames_out):
                if progress.frames_out // SHOWN_FRAMES > memory.frames[-1] // SHOWN_FRAMES:
                    console.print(f"{progress.frames_out:6d} frames  {memory.mib[-1]:7.1f} MiB")
                memory.sample(progress.frames_out)

        memory.sample(0)
        summary = pipeline.run(watch)
        memory.sample(summary.frames_out)
    minutes = summary.frames_out / STREAM_HZ / 60
    console.print(
        f"{summary.source.name}: {summary.frames_out} frames, {minutes:.1f} minutes at {STREAM_HZ} Hz, "
        f"at {summary.fps:.1f} /s; drops {dict(summary.drops)}"
    )
    console.print(f"{arguments.model}, {summary.segmenter.backend}, {summary.segmenter.precision}; {machine_line()}")
    start, peak, end = memory.mib[0], max(memory.mib), memory.mib[-1]
    console.print(f"resident: {start:.1f} MiB at the start, {peak:.1f} at most, {end:.1f} at the end")
    console.print(f"growth {memory.growth:+.3f} MiB per 1,000 frames over the second half")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", nargs="?", default="synthetic:head")
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after so long")
    parser.add_argument("--model", default="us-fetal-head")
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--backend", default="auto")
    return parser.parse_args()


if __name__ == "__main__":
    main()
