"""Every file of a model on every backend that plays it, against the study's network on ONNX Runtime left to itself.

Usage: ``python benchmarks/backends.py [--model us-fetal-head] [--rounds 15] [--threads 2] [--processor-time]``. All
take turns, in reversed order every other round. On a busy machine, ``--threads 1 --processor-time`` counts what each
costs instead of how long it takes: how well a backend uses several cores is then left out.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from statistics import median

import onnxruntime
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from streamseg.backends.choice import installed
from streamseg.backends.turns import Budget, ratio, take_turns
from streamseg.errors import ModelError
from streamseg.golden import golden_tensor
from streamseg.machine import machine_line, usable_cores
from streamseg.model import BUNDLED, find_card, load_model
from streamseg.model_card import read_card
from streamseg.settings import ModelSettings

BARE = "bare"
STUDY = BUNDLED / "us-fetal-head.onnx"


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="us-fetal-head")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--runs", type=int, default=10, help="runs of each in a round")
    parser.add_argument("--threads", type=int, default=usable_cores())
    parser.add_argument("--processor-time", action="store_true", help="of all threads of this process")
    arguments = parser.parse_args()
    rounds = arguments.rounds
    clock = time.process_time_ns if arguments.processor_time else time.perf_counter_ns
    budget = Budget(seconds=0, least_rounds=rounds, most_rounds=rounds, runs=arguments.runs, clock_ns=clock)
    console = Console()
    with ExitStack() as closing, Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=rounds)
        runs = {BARE: bare_run(arguments.threads)} | model_runs(arguments.model, arguments.threads, closing)
        load_before = os.getloadavg()[0]
        times_ms = take_turns(runs, budget, partial(progress.advance, task))
    console.print(table(times_ms))
    kind = "processor time" if arguments.processor_time else "time"
    console.print(
        f"milliseconds of {kind}, medians of {rounds} rounds of {arguments.runs} runs, {arguments.threads} threads; "
        f"load {load_before:.1f} before, {os.getloadavg()[0]:.1f} after. {machine_line()}",
        soft_wrap=True,
    )


def bare_run(threads: int) -> Callable[[], object]:
    """Return one inference of the study's network as exported, with no option but the number of threads."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(STUDY), options, providers=["CPUExecutionProvider"])
    tensor = golden_tensor(read_card(STUDY.with_suffix(".json")))
    return partial(session.run, None, {session.get_inputs()[0].name: tensor})


def model_runs(name: str, threads: int, closing: ExitStack) -> dict[str, Callable[[], object]]:
    """Return one inference of each file of the model on each backend that plays it, each proven by its golden frame."""
    card_file = find_card(name)
    card = read_card(card_file)
    tensor = golden_tensor(card)
    runs: dict[str, Callable[[], object]] = {}
    for weights in card.weights:
        for backend in (plugin.name for plugin in installed() if not plugin.is_last_resort):
            path = str(card_file.with_name(weights.file))
            settings = ModelSettings(name=path, backend=backend, threads=threads)
            try:
                model = closing.enter_context(load_model(settings))
            except ModelError:
                continue  # that backend does not play this file
            runs[f"{weights.file} {backend}"] = partial(model.infer, tensor)
    return runs


def table(times_ms: dict[str, Sequence[float]]) -> Table:
    """Return medians, ranges and ratios; a ratio is that of the same round."""
    result = Table("file", "backend", "median ms", "range", "times bare", "range", box=None, header_style="dim")
    bare_ms = times_ms[BARE]
    for name, own_ms in times_ms.items():
        file, _, backend = name.partition(" ")
        ratios = [bare / own for bare, own in zip(bare_ms, own_ms, strict=True)]
        result.add_row(
            file,
            backend or "onnx, left to itself",
            f"{median(own_ms):.1f}",
            f"{min(own_ms):.1f} to {max(own_ms):.1f}",
            f"{ratio(own_ms, bare_ms):.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
        )
    return result


if __name__ == "__main__":
    main()
