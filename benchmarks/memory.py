"""Resident memory over a long run: flat, or there is a leak.

Usage: ``python benchmarks/memory.py [--frames 20000]``. Synthetic frames through the bundled model and the overlay.
"""

from __future__ import annotations

import argparse

import numpy as np
import psutil
from rich.console import Console

import streamseg
from streamseg.api import build
from streamseg.machine import machine_line
from streamseg.pipeline import Progress
from streamseg.settings import load_settings

STEP = 1000


def main() -> None:
    """Run, sample, and print how memory went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=20_000)
    parser.add_argument("--precision", default="float32")
    arguments = parser.parse_args()
    process = psutil.Process()
    samples: dict[int, float] = {}
    console = Console()

    def sample(snapshot: Progress) -> None:
        step = snapshot.frames_out // STEP
        if step not in samples:
            samples[step] = process.memory_info().rss / 2**20
            console.print(f"{snapshot.frames_out:6d} frames  {samples[step]:7.1f} MiB  {snapshot.display_hz:5.1f} /s")

    settings = load_settings({("source", "size"): "320x240", ("model", "precision"): arguments.precision})
    with streamseg.load_model(precision=arguments.precision) as model:
        location = f"synthetic:head:frames={arguments.frames}"
        summary = build(location, model, settings, has_window=False).run(sample)
    later = np.array([value for step, value in samples.items() if step >= 1])
    growth = (later[-1] - later[0]) / max(1, len(later) - 1) if later.size else 0.0
    console.print(f"{summary.frames_out} frames out, drops {dict(summary.drops)}; {machine_line()}")
    console.print(f"largest {later.max():.1f} MiB, growth {growth:+.3f} MiB per {STEP} frames after the first {STEP}")


if __name__ == "__main__":
    main()
