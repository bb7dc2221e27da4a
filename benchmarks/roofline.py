"""How close each file of a model comes to what this machine can compute: its multiplications, and the measured peak.

Usage: ``python benchmarks/roofline.py [--model us-fetal-head] [--rounds 9] [--threads 2] [--processor-time]``. The peak
is what OpenVINO reaches on one large convolution (256 to 256 channels, 3x3, 64x64 pixels), in float32 and in 8 bits.
All take turns. Multiplications are counted as the file has them: the phase form has fewer, and a runtime that convolves
by Winograd's algorithm does fewer than are counted, so its share may be above 1.

References
----------
Williams, Waterman, Patterson 2009, "Roofline: an insightful visual performance model for multicore architectures",
doi 10.1145/1498765.1498785. A network with many operations for each byte is bound by the processor, not by its memory.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import onnx
import openvino
from backends import BARE, STUDY, bare_run, model_runs
from openvino import opset13
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from streamseg.backends.turns import Budget, take_turns
from streamseg.machine import machine_line, usable_cores
from streamseg.model import find_card
from streamseg.model_card import Precision
from training.export.multiplications import count_multiplications

CHANNELS, SIDE, KERNEL = 256, 64, 3
PEAKS: dict[Precision, str] = {"float32": "one convolution, float32", "int8": "one convolution, 8 bits"}


def main() -> None:
    """Measure and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="us-fetal-head")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=5, help="runs of each in a round")
    parser.add_argument("--threads", type=int, default=usable_cores())
    parser.add_argument("--processor-time", action="store_true", help="of all threads of this process")
    arguments = parser.parse_args()
    clock = time.process_time_ns if arguments.processor_time else time.perf_counter_ns
    rounds, threads = arguments.rounds, arguments.threads
    budget = Budget(seconds=0, least_rounds=rounds, most_rounds=rounds, runs=arguments.runs, clock_ns=clock)
    console = Console(width=120)
    with ExitStack() as closing, Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=rounds)
        networks = {BARE: bare_run(threads)} | model_runs(arguments.model, threads, closing)
        runs = peak_runs(threads) | networks
        times_ms = take_turns(runs, budget, partial(progress.advance, task))
    operations = dict.fromkeys(PEAKS.values(), 2 * CHANNELS**2 * KERNEL**2 * SIDE**2)
    folder = find_card(arguments.model).parent
    operations |= {name: operations_of(STUDY if name == BARE else folder / name.split()[0]) for name in networks}
    console.print(table(times_ms, operations))
    console.print(
        f"medians of {rounds} rounds of {arguments.runs} runs, {threads} threads, "
        f"{'processor time' if arguments.processor_time else 'time'}. {machine_line()}",
        soft_wrap=True,
    )


def peak_runs(threads: int) -> dict[str, Callable[[], object]]:
    """Return one run of each measure of the machine's peak."""
    return {name: convolution_run(precision, threads) for precision, name in PEAKS.items()}


def convolution_run(precision: Precision, threads: int) -> Callable[[], object]:
    """Return one large convolution on OpenVINO, of random numbers from 0 to 1 and weights below 0.1."""
    rng = np.random.default_rng(1)
    shape = CHANNELS, CHANNELS, KERNEL, KERNEL
    picture = opset13.parameter([1, CHANNELS, SIDE, SIDE], np.float32)
    weights = opset13.constant(rng.uniform(-0.1, 0.1, shape).astype(np.float32))
    data, kernel = (picture, weights) if precision == "float32" else (_rounded(picture, 0, 1, 256), _signed(weights))
    result = opset13.relu(opset13.convolution(data, kernel, [1, 1], [1, 1], [1, 1], [1, 1]))
    options = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.Core().compile_model(openvino.Model([result], [picture]), "CPU", options).create_infer_request()
    return partial(request.infer, {0: rng.random((1, CHANNELS, SIDE, SIDE), np.float32)})


def operations_of(file: Path) -> int:
    """Return the operations of one picture: two for each multiplication, which an addition goes with."""
    return 2 * count_multiplications(onnx.load(file))


def table(times_ms: Mapping[str, Sequence[float]], operations: Mapping[str, int]) -> Table:
    """Return time, operations and rate of each, and what share of the peak of its precision that is."""
    result = Table("what", "backend", "ms", "10^9 operations", "10^9 a second", "share of peak", "range", box=None)
    for name, own_ms in times_ms.items():
        peak = PEAKS["int8" if ".int8." in name or name == PEAKS["int8"] else "float32"]
        rates = [operations[name] / ms / 1e6 for ms in own_ms]
        peaks = [operations[peak] / ms / 1e6 for ms in times_ms[peak]]
        shares = [rate / most for rate, most in zip(rates, peaks, strict=True)]
        file, _, backend = ("peak", "", name) if name in PEAKS.values() else name.partition(" ")
        result.add_row(
            file,
            backend,
            f"{median(own_ms):.1f}",
            f"{operations[name] / 1e9:.2f}",
            f"{median(rates):.0f}",
            f"{median(shares):.2f}",
            f"{min(shares):.2f} to {max(shares):.2f}",
        )
    return result


def _rounded(node: openvino.Node, lowest: float, highest: float, levels: int) -> openvino.Node:
    ends = [opset13.constant(np.float32(end)) for end in (lowest, highest)]
    return opset13.fake_quantize(node, *ends, *ends, levels)


def _signed(weights: openvino.Node) -> openvino.Node:
    return _rounded(weights, -0.1, 0.1, 255)


if __name__ == "__main__":
    main()
