"""Dice against speed: the study's U-Net, its int8 file, and the fast models that learnt from it.

Usage: ``python benchmarks/pareto.py measure --data PREPARED us-fetal-head CARD.json ...`` writes the figures to
``benchmarks/pareto.json``; ``python benchmarks/pareto.py draw`` makes ``docs/fast-models.png`` of them.

The first model is the one to compare with: ``bare`` is its float32 file on ONNX Runtime, in turns with all others.
Dice is measured on the validation part, by which the models were chosen: the test part is not read.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Plot
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import track
from rich.table import Table

from streamseg.errors import MissingDependencyError
from streamseg.machine import machine_line
from streamseg.model import Model, find_card, load_model
from streamseg.model_card import Precision, read_card
from streamseg.settings import ModelSettings
from training.data.prepared import Prepared
from training.evaluation.candidates import Candidate, WeightsFile
from training.evaluation.evaluate import evaluate
from training.evaluation.results import Figure
from training.export.multiplications import count_multiplications

FOLDER = Path(__file__).parent
FIGURES = FOLDER / "pareto.json"
PICTURE = FOLDER.parent / "docs" / "fast-models.png"
BARE_BACKEND = "onnx"
BACKENDS = (BARE_BACKEND, "openvino")
PER_ROUND = 5
DICE = "Dice, mean per picture"
WANTED_RATIO, ALLOWED_LOSS = 6.0, 0.01
# By Okabe and Ito, which the colour-blind tell apart.
COLOURS = {"float32": "#0072B2", "int8": "#E69F00"}
MARKERS = {"onnx": "o", "openvino": "s"}
NAMES = {"onnx": "ONNX Runtime", "openvino": "OpenVINO"}


@dataclass(frozen=True, slots=True)
class Point:
    """One file on one runtime.

    Attributes
    ----------
    multiplications
        Of one picture, in the convolutions.
    dice
        Mean over the validation ``pictures``, with its 95 % interval.
    infer_ms
        Median over the rounds.
    ratio
        How many times faster than bare: median over the rounds, and its quartiles.
    work_ratio
        How many times less processor time than bare, over all cores: what a busy machine changes least.
    """

    model: str
    file: str
    precision: Precision
    backend: str
    multiplications: int
    dice: float
    dice_interval: tuple[float, float] | None
    pictures: int
    infer_ms: float
    ratio: float
    ratio_quartiles: tuple[float, float]
    work_ratio: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All points, ``bare`` first, and what they were measured on."""

    machine: str
    data: str
    rounds: int
    points: tuple[Point, ...]


def main() -> None:
    """Measure, or draw what was measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    measuring = commands.add_parser("measure", help="measure models and keep the figures")
    measuring.add_argument("models", nargs="+", help="bundled model's name or path of a card; the study's first")
    measuring.add_argument("--data", type=Path, required=True, help="prepared data set")
    measuring.add_argument("--rounds", type=int, default=40, help=f"rounds of {PER_ROUND} inferences each")
    measuring.set_defaults(run=lambda given: measure(given.models, Prepared.open(given.data), given.rounds))
    drawing = commands.add_parser("draw", help="draw the figures")
    drawing.set_defaults(run=lambda _: draw())
    given = parser.parse_args()
    given.run(given)


@dataclass(frozen=True, slots=True)
class Contender:
    """A file, opened on one runtime."""

    file: Path
    model: Model

    @property
    def tensor(self) -> NDArray[np.float32]:
        """Noise in the shape that it takes."""
        return np.random.default_rng(0).random((1, *self.model.card.input.size, 1), np.float32)


def measure(names: Sequence[str], data: Prepared, rounds: int) -> None:
    """Measure every file of the models on every runtime that is installed; keep and print the figures."""
    with ExitStack() as closing:
        contenders = [each for name in names for each in _open(find_card(name))]
        for contender in contenders:
            closing.callback(contender.model.close)
        times_ms, work_ms = _time(contenders, rounds)
        dices = {each.file: _dice(each.model, data) for each in {each.file: each for each in contenders}.values()}
        points = [
            _point(contender, (times, times_ms[0] / times, work_ms[0] / work), dices[contender.file])
            for contender, times, work in zip(contenders, times_ms, work_ms, strict=True)
        ]
    figures = Figures(machine_line(), data.info.name, rounds, tuple(points))
    FIGURES.write_bytes(TypeAdapter(Figures).dump_json(figures, indent=1) + b"\n")
    _print(figures)


def _open(card_file: Path) -> Iterator[Contender]:
    """Open a model in each precision on each runtime that is installed, in the file that is made for it."""
    for precision in sorted({weights.precision for weights in read_card(card_file).weights}):
        for backend in BACKENDS:
            try:
                model = load_model(ModelSettings(name=str(card_file), backend=backend, precision=precision))
            except MissingDependencyError as err:
                Console(stderr=True).print(f"left out: {err}")
            else:
                yield Contender(card_file.with_name(model.weights.file), model)


def _time(contenders: Sequence[Contender], rounds: int) -> NDArray[np.float64]:
    """Return milliseconds of an inference, by the clock and of all processors, (2, contenders, rounds).

    Each is the median of its round. The contenders take turns, in either order.
    """
    tensors = [contender.tensor for contender in contenders]
    times_ms = np.empty((2, len(contenders), rounds))
    for number in track(range(rounds), "timing", console=Console(stderr=True), transient=True):
        places = range(len(contenders))
        for place in places if number % 2 else reversed(places):
            taken_ms = [_infer_ms(contenders[place].model, tensors[place]) for _ in range(PER_ROUND)]
            times_ms[:, place, number] = np.median(taken_ms, axis=0)
    return times_ms


def _infer_ms(model: Model, tensor: NDArray[np.float32]) -> tuple[float, float]:
    """Return the milliseconds of one inference by the clock, and of all processors."""
    started_ns, work_ns = time.perf_counter_ns(), time.process_time_ns()
    model.infer(tensor)
    return (time.perf_counter_ns() - started_ns) / 1e6, (time.process_time_ns() - work_ns) / 1e6


def _dice(model: Model, data: Prepared) -> Figure:
    """Return mean Dice on the validation part."""
    card = model.card
    file = WeightsFile(model.weights.precision, model.weights.sha256, model.infer)
    candidate = Candidate(card.name, card.input, card.threshold, "its model card's", (file,), card.mask)
    evaluation, _ = evaluate(candidate, data.cases(data.split().validation), data.info, "validation")
    return evaluation.reports[0].table("overlap")[DICE]


def _point(contender: Contender, rounds: tuple[NDArray[np.float64], ...], dice: Figure) -> Point:
    """Return the point of ``contender`` from milliseconds, ratio and ratio of processor time of each round."""
    times_ms, ratios, work_ratios = rounds
    low, middle, high = (float(value) for value in np.percentile(ratios, (25, 50, 75)))
    return Point(
        model=contender.model.card.name,
        file=contender.file.name,
        precision=contender.model.weights.precision,
        backend=contender.model.info.backend,
        multiplications=count_multiplications(onnx.load(contender.file)),
        dice=dice.value,
        dice_interval=dice.interval,
        pictures=dice.n,
        infer_ms=float(np.median(times_ms)),
        ratio=middle,
        ratio_quartiles=(low, high),
        work_ratio=float(np.median(work_ratios)),
    )


def _print(figures: Figures) -> None:
    table = Table("file", "runtime", "million multiplications", "ms", "times bare", "work", "Dice", "95 %")
    for point in figures.points:
        low, high = point.ratio_quartiles
        table.add_row(
            *(point.file, point.backend, f"{point.multiplications / 1e6:,.0f}"),
            f"{point.infer_ms:.2f}",
            f"{point.ratio:.1f} ({low:.1f} to {high:.1f})",
            f"1/{point.work_ratio:.1f}",
            f"{point.dice:.4f}",
            "" if point.dice_interval is None else "{:.4f} to {:.4f}".format(*point.dice_interval),
        )
    console = Console(width=140)
    console.print(table)
    console.print(
        f"{figures.rounds} rounds of {PER_ROUND}, medians, quartiles in brackets. Dice: mean over "
        f"{figures.points[0].pictures} pictures of the validation part of {figures.data}. {figures.machine}"
    )


def draw() -> None:
    """Draw the kept figures to `PICTURE`."""
    figures = TypeAdapter(Figures).validate_json(FIGURES.read_bytes())
    plot = Plot((8.0, 5.0), layout="constrained")
    axes = plot.add_subplot()
    lowest = figures.points[0].dice - ALLOWED_LOSS
    axes.axhline(lowest, color="#8A8A8A", lw=1, ls="--")
    axes.axvline(WANTED_RATIO, color="#8A8A8A", lw=1, ls="--")
    for point in figures.points:
        _draw_point(axes, point)
    axes.set_xscale("log")
    axes.set_xticks([1, 2, 5, 10, 20, 50, 100], ["1", "2", "5", "10", "20", "50", "100"])
    axes.set_xlabel("times less processor time than bare: the study's U-Net, float32, ONNX Runtime")
    axes.set_ylabel(f"mean Dice, {figures.points[0].pictures} validation pictures")
    axes.spines[["top", "right"]].set_visible(False)
    handles = [Line2D([], [], color=colour, marker="o", ls="", label=name) for name, colour in COLOURS.items()]
    handles += [Line2D([], [], color="black", marker=mark, ls="", label=NAMES[name]) for name, mark in MARKERS.items()]
    axes.legend(handles=handles, frameon=False, loc="center left")
    plot.savefig(PICTURE, dpi=110)


def _draw_point(axes: Axes, point: Point) -> None:
    axes.plot(point.work_ratio, point.dice, MARKERS[point.backend], color=COLOURS[point.precision], ms=7)
    if point.backend == BARE_BACKEND and point.precision == "float32":
        axes.annotate(point.model, (point.work_ratio, point.dice), (0, 8), textcoords="offset points", fontsize=8)


if __name__ == "__main__":
    main()
