"""Every file of a model on every backend that plays it, against the study's network on ONNX Runtime left to itself.

Usage: ``python benchmarks/backends.py [--model us-fetal-head] [--rounds 15] [--threads 2] [--processor-time]``. All
take turns, in reversed order every other round: first one picture at a time on all threads, then as many at once as
there are lanes, where there are several. On a busy machine, ``--threads 1 --processor-time`` counts what each costs
instead of how long it takes: how well a backend uses several cores is then left out.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from statistics import median

import onnxruntime
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from streamseg.backends.choice import installed
from streamseg.backends.turns import Budget, ratio
from streamseg.backends.uses import Use, time_pictures
from streamseg.errors import ModelError
from streamseg.golden import golden_tensor
from streamseg.machine import machine_line, usable_cores
from streamseg.model import BUNDLED, Model, find_card, load_model
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
    uses: tuple[Use, ...] = ("single", "at once") if arguments.threads > 1 else ("single",)
    tensor = golden_tensor(read_card(find_card(arguments.model)))
    console = Console(width=120)
    with ExitStack() as closing, Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=rounds * len(uses))
        models = open_models(arguments.model, arguments.threads, closing)
        beside, on_round = {BARE: bare_run(arguments.threads)}, partial(progress.advance, task)
        load_before = os.getloadavg()[0]
        tables = [
            table(use, time_pictures(models, tensor, use, budget, beside=beside, on_round=on_round)) for use in uses
        ]
    for each in tables:
        console.print(each)
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


def open_models(name: str, threads: int, closing: ExitStack) -> dict[str, Model]:
    """Return each file of the model on each backend that plays it, each proven by its golden frame."""
    card_file = find_card(name)
    models: dict[str, Model] = {}
    for weights in read_card(card_file).weights:
        for backend in (plugin.name for plugin in installed() if not plugin.is_last_resort):
            path = str(card_file.with_name(weights.file))
            settings = ModelSettings(name=path, backend=backend, threads=threads)
            try:
                models[f"{weights.file} {backend}"] = closing.enter_context(load_model(settings))
            except ModelError:
                continue  # that backend does not play this file
    return models


def table(use: Use, times_ms: Mapping[str, Sequence[float]]) -> Table:
    """Return medians, ranges and ratios; a ratio is that of the same round. For several at once, frames/s."""
    is_rate = use == "at once"
    title = "at once, frames/s" if is_rate else "one at a time, ms"
    result = Table("file", "backend", title, "range", "times bare", "range", box=None, header_style="dim")
    bare_ms = times_ms[BARE]
    for name, own_ms in times_ms.items():
        file, _, backend = name.partition(" ")
        ratios = [bare / own for bare, own in zip(bare_ms, own_ms, strict=True)]
        values = [1e3 / own for own in own_ms] if is_rate else own_ms
        result.add_row(
            file,
            backend or "onnx, left to itself",
            f"{median(values):.1f}",
            f"{min(values):.1f} to {max(values):.1f}",
            f"{ratio(own_ms, bare_ms):.2f}",
            f"{min(ratios):.2f} to {max(ratios):.2f}",
        )
    return result


if __name__ == "__main__":
    main()
