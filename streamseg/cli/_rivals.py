"""Compares every backend that is installed, in every precision of a model, with the study's network as exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import Any

import onnxruntime
from rich.table import Table

from streamseg.backends.choice import installed, named, question_of, settle
from streamseg.backends.turns import Budget, ratio, take_turns
from streamseg.errors import GoldenFrameError, ModelError
from streamseg.golden import golden_tensor
from streamseg.model import BUNDLED, Model, find_card, load_model
from streamseg.model_card import ModelCard, read_card
from streamseg.settings import ModelSettings

BARE = "bare"
STUDY = "us-fetal-head"
"""The study's network: as exported, on ONNX Runtime left to itself, it is the baseline of all speeds."""
RUNS_A_TURN = 10


@dataclass(frozen=True, slots=True)
class Rival:
    """A model on one backend in one precision, and how it did.

    Attributes
    ----------
    provider
        What it ran on; empty where it did not run.
    times_ms
        The median of its turn, for every round.
    ratio
        How many times as fast as the bare network, the median over rounds.
    fault
        Why it did not run.
    is_golden
        Whether it reproduced its golden frame; None where it did not come to that.
    is_chosen
        Whether backend ``auto`` takes it.
    """

    backend: str
    precision: str
    provider: str = ""
    times_ms: tuple[float, ...] = ()
    ratio: float | None = None
    fault: str = ""
    is_golden: bool | None = None
    is_chosen: bool = False


def compare(settings: ModelSettings, rounds: int, on_round: Callable[[], None]) -> list[Rival]:
    """Open, prove and measure, all taking turns; the bare network comes first.

    What backend ``auto`` is to take from now on is remembered for it.

    Raises
    ------
    ModelError
        The model or its card cannot be used.
    """
    card = read_card(find_card(settings.name))
    wanted = [settings.model_copy(update={"precision": precision}) for precision in _precisions(card)]
    tensor = golden_tensor(card)
    with ExitStack() as closing:
        models, rivals = _open_all(wanted, closing)
        runs = {_key(*pair): partial(model.infer, tensor) for pair, model in models.items()}
        budget = Budget(seconds=0, least_rounds=rounds, most_rounds=rounds, runs=RUNS_A_TURN)
        times_ms = take_turns({BARE: _bare_run()} | runs, budget, on_round)
    chosen = {_key(_choose(each, card, rivals, times_ms), each.precision) for each in wanted}
    bare = Rival(BARE, "float32", "CPUExecutionProvider", tuple(times_ms[BARE]), 1.0)
    return [bare, *(_measured(rival, times_ms, chosen) for rival in rivals)]


def rivals_table(rivals: Sequence[Rival]) -> Table:
    """Return how all did, for reading."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("backend", "provider", "precision"):
        table.add_column(title, no_wrap=True)
    for title in ("median ms", "range", "times bare"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("golden")
    table.add_column("chosen", overflow="fold")
    for rival in rivals:
        table.add_row(*_cells(rival))
    return table


def plain(rival: Rival) -> dict[str, Any]:
    """Return ``rival`` as plain values."""
    return {
        "backend": rival.backend,
        "provider": rival.provider,
        "precision": rival.precision,
        "median_ms": median(rival.times_ms) if rival.times_ms else None,
        "rounds_ms": list(rival.times_ms),
        "ratio": rival.ratio,
        "golden": rival.is_golden,
        "chosen": rival.is_chosen,
        "fault": rival.fault,
    }


def _precisions(card: ModelCard) -> list[str]:
    return sorted({weights.precision for weights in card.weights})


def _key(backend: str, precision: str) -> str:
    return f"{backend} {precision}"


def _open_all(wanted: Sequence[ModelSettings], closing: ExitStack) -> tuple[dict[tuple[str, str], Model], list[Rival]]:
    """Open the model in every precision that is ``wanted`` on every backend; also say how that went."""
    models: dict[tuple[str, str], Model] = {}
    rivals: list[Rival] = []
    for settings in wanted:
        for plugin in installed():
            try:
                model = closing.enter_context(load_model(named(settings, plugin.name)))
            except ModelError as err:
                is_golden = False if isinstance(err, GoldenFrameError) else None
                rivals.append(Rival(plugin.name, settings.precision, fault=str(err), is_golden=is_golden))
                continue
            models[plugin.name, settings.precision] = model
            rivals.append(Rival(plugin.name, settings.precision, model.info.provider, is_golden=True))
    return models, rivals


def _bare_run() -> Callable[[], object]:
    tensor = golden_tensor(read_card(BUNDLED / f"{STUDY}.json"))
    session = onnxruntime.InferenceSession(str(BUNDLED / f"{STUDY}.onnx"), providers=["CPUExecutionProvider"])
    return partial(session.run, None, {session.get_inputs()[0].name: tensor})


def _choose(
    settings: ModelSettings, card: ModelCard, rivals: Sequence[Rival], times_ms: Mapping[str, Sequence[float]]
) -> str:
    """Return the backend that ``auto`` takes in the precision of ``settings``; empty where there is none."""
    running = {rival.backend for rival in rivals if rival.precision == settings.precision and rival.provider}
    order = [plugin for plugin in installed() if plugin.name in running]
    fitting = [plugin for plugin in order if not plugin.is_last_resort] or order[:1]
    if not fitting:
        return ""
    question = question_of(settings, card)
    return settle(question, {each.name: times_ms[_key(each.name, settings.precision)] for each in fitting}).backend


def _measured(rival: Rival, times_ms: Mapping[str, Sequence[float]], chosen: set[str]) -> Rival:
    key = _key(rival.backend, rival.precision)
    if key not in times_ms:
        return rival
    share = ratio(times_ms[key], times_ms[BARE])
    return replace(rival, times_ms=tuple(times_ms[key]), ratio=share, is_chosen=key in chosen)


def _cells(rival: Rival) -> tuple[str, ...]:
    golden = {True: "right", False: "WRONG", None: ""}[rival.is_golden]
    if rival.ratio is None:
        return (rival.backend, rival.provider, rival.precision, "", "", "", golden, f"left out: {rival.fault}")
    return (
        rival.backend,
        rival.provider,
        rival.precision,
        f"{median(rival.times_ms):.1f}",
        f"{min(rival.times_ms):.1f} to {max(rival.times_ms):.1f}",
        f"{rival.ratio:.2f}",
        golden,
        "by auto" if rival.is_chosen else "",
    )
