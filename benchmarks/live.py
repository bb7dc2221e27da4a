"""Latency of a live source, from capture to canvas, against the inference that it waits for.

Usage: ``python benchmarks/live.py [--seconds 20] [--precision float32]``. The source is synthetic and paced by the
clock; the frame that inference takes is always the newest.
"""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

import streamseg
from streamseg.api import build
from streamseg.machine import machine_line
from streamseg.settings import load_settings
from streamseg.summary import Summary

RATES_HZ = (30, 60)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="length of each run")
    parser.add_argument("--precision", default="float32")
    arguments = parser.parse_args()
    table = Table(
        "source", "frames in", "shown /s", "inference p50 ms", "capture to canvas p50", "p95", "p95 / inference"
    )
    for rate_hz in RATES_HZ:
        summary = run(rate_hz, arguments.seconds, arguments.precision)
        inference, whole = summary.latency_ms["inference"], summary.latency_ms["capture_to_canvas"]
        table.add_row(
            f"{rate_hz} Hz",
            str(summary.frames_in),
            f"{summary.fps:.1f}",
            f"{inference.p50:.1f}",
            f"{whole.p50:.1f}",
            f"{whole.p95:.1f}",
            f"{whole.p95 / inference.p50:.2f}",
        )
    console = Console()
    console.print(table)
    console.print(f"{arguments.seconds:g} s each, {arguments.precision}, 640x480. {machine_line()}")


def run(rate_hz: float, seconds: float, precision: str) -> Summary:
    """Return the summary of a live run without outputs."""
    settings = load_settings(
        {
            ("model", "precision"): precision,
            ("source", "rate_hz"): rate_hz,
            ("source", "size"): "640x480",
        }
    )
    with streamseg.load_model(precision=precision) as model:
        pipeline = build("synthetic:head:live", model, settings, has_window=False)
        last_frame = int(rate_hz * seconds)
        return pipeline.run(lambda snapshot: snapshot.frames_in >= last_frame and pipeline.stop())


if __name__ == "__main__":
    main()
