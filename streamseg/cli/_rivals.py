"""Compares every backend that is installed, in every precision of a model, with the study's network as exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from statistics import median
from typing import Any, get_args

import onnxruntime
from rich.table import Table

from streamseg.backends.choice import installed, named, question_of, settle
from streamseg.backends.turns import Budget, ratio
from streamseg.backends.uses import Use, time_pictures
from streamseg.errors import GoldenFrameError, ModelError
from streamseg.golden import golden_tensor
from streamseg.model import BUNDLED, Model, find_card, load_model
from streamseg.model_card import ModelCard, read_card
from streamseg.settings import ModelSettings

BARE = "bare"
STUDY = "us-fetal-head"
"""The study's network: as exported, on ONNX Runtime left to itself, it is the baseline of all speeds."""
RUNS_A_TURN = 10
USES: tuple[Use, ...] = get_args(Use)
CHOSEN_FOR: dict[Use, str] = {"single": "live", "at once": "files"}


@dataclass(frozen=True, slots=True)
class Pace:
    """How a model did in one use.

    Attributes
    ----------
    times_ms
        Milliseconds a picture, for every round: the median of its turn.
    ratio
        How many times as fast as the bare network, the median over rounds.
    is_chosen
        Whether backend ``auto`` takes it.
    """

    times_ms: tuple[float, ...]
    ratio: float
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Rival:
    """A model on one backend in one precision, and how it did.

    Attributes
    ----------
    provider
        What it ran on; empty where it did not run.
    paces
        How it did in each use; empty where it did not run.
    fault
        Why it did not run.
    is_golden
        Whether it reproduced its golden frame; None where it did not come to that.
    """

    backend: str
    precision: str
    provider: str = ""
    paces: Mapping[Use, Pace] = field(default_factory=dict)
    fault: str = ""
    is_golden: bool | None = None


def compare(settings: ModelSettings, rounds: int, on_round: Callable[[], None]) -> list[Rival]:
    """Open, prove and measure in each use, all taking turns; the bare network comes first, one picture at a time.

    What backend ``auto`` is to take from now on is remembered for it.

    Raises
    ------
    ModelError
        The model or its card cannot be used.
    """
    card = read_card(find_card(settings.name))
    wanted = [settings.model_copy(update={"precision": precision}) for precision in _precisions(card)]
    tensor = golden_tensor(card)
    budget = Budget(seconds=0, least_rounds=rounds, most_rounds=rounds, runs=RUNS_A_TURN)
    with ExitStack() as closing:
        models, rivals = _open_all(wanted, closing)
        beside = {BARE: _bare_run()}
        times_ms = {use: time_pictures(models, tensor, use, budget, beside=beside, on_round=on_round) for use in USES}
    chosen = {use: {_choose(each, card, rivals, times_ms[use], use) for each in wanted} for use in USES}
    bare = Rival(BARE, "float32", "CPUExecutionProvider")
    return [_measured(rival, times_ms, chosen) for rival in (bare, *rivals)]


def rivals_table(rivals: Sequence[Rival]) -> Table:
    """Return how all did, for reading."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in ("backend", "provider", "precision"):
        table.add_column(title, no_wrap=True)
    for title in ("one at a time, ms", "times bare", "at once, frames/s", "times bare"):
        table.add_column(title, justify="right")
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
        **{use.replace(" ", "_"): _plain_pace(rival.paces.get(use)) for use in USES},
        "golden": rival.is_golden,
        "fault": rival.fault,
    }


def _plain_pace(pace: Pace | None) -> dict[str, Any] | None:
    if pace is None:
        return None
    return {
        "median_ms": median(pace.times_ms),
        "rounds_ms": list(pace.times_ms),
        "ratio": pace.ratio,
        "chosen": pace.is_chosen,
    }


def _precisions(card: ModelCard) -> list[str]:
    return sorted({weights.precision for weights in card.weights})


def _key(backend: str, precision: str) -> str:
    return f"{backend} {precision}"


def _open_all(wanted: Sequence[ModelSettings], closing: ExitStack) -> tuple[dict[str, Model], list[Rival]]:
    """Open the model in every precision that is ``wanted`` on every backend; also say how that went."""
    models: dict[str, Model] = {}
    rivals: list[Rival] = []
    for settings in wanted:
        for plugin in installed():
            try:
                model = closing.enter_context(load_model(named(settings, plugin.name)))
            except ModelError as err:
                is_golden = False if isinstance(err, GoldenFrameError) else None
                rivals.append(Rival(plugin.name, settings.precision, fault=str(err), is_golden=is_golden))
                continue
            models[_key(plugin.name, settings.precision)] = model
            rivals.append(Rival(plugin.name, settings.precision, model.info.provider, is_golden=True))
    return models, rivals


def _bare_run() -> Callable[[], object]:
    tensor = golden_tensor(read_card(BUNDLED / f"{STUDY}.json"))
    session = onnxruntime.InferenceSession(str(BUNDLED / f"{STUDY}.onnx"), providers=["CPUExecutionProvider"])
    return partial(session.run, None, {session.get_inputs()[0].name: tensor})


def _choose(
    settings: ModelSettings, card: ModelCard, rivals: Sequence[Rival], times_ms: Mapping[str, Sequence[float]], use: Use
) -> str:
    """Return the key of what ``auto`` takes in the precision of ``settings``; empty where there is nothing."""
    running = {rival.backend for rival in rivals if rival.precision == settings.precision and rival.provider}
    order = [plugin for plugin in installed() if plugin.name in running]
    fitting = [plugin for plugin in order if not plugin.is_last_resort] or order[:1]
    if not fitting:
        return ""
    question = question_of(settings, card, use)
    answer = settle(question, {each.name: times_ms[_key(each.name, settings.precision)] for each in fitting})
    return _key(answer.backend, settings.precision)


def _measured(
    rival: Rival, times_ms: Mapping[Use, Mapping[str, Sequence[float]]], chosen: Mapping[Use, set[str]]
) -> Rival:
    key = BARE if rival.backend == BARE else _key(rival.backend, rival.precision)
    paces = {
        use: Pace(tuple(times[key]), ratio(times[key], times[BARE]), is_chosen=key in chosen[use])
        for use, times in times_ms.items()
        if key in times
    }
    return replace(rival, paces=paces)


def _cells(rival: Rival) -> tuple[str, ...]:
    golden = {True: "right", False: "WRONG", None: ""}[rival.is_golden]
    known = (rival.backend, rival.provider, rival.precision)
    if not rival.paces:
        return (*known, "", "", "", "", golden, f"left out: {rival.fault}")
    single, at_once = (rival.paces[use] for use in USES)
    rates = [1e3 / time_ms for time_ms in at_once.times_ms]
    chosen_for = [word for use, word in CHOSEN_FOR.items() if rival.paces[use].is_chosen]
    return (
        *known,
        _with_range(single.times_ms),
        f"{single.ratio:.2f}",
        _with_range(rates),
        f"{at_once.ratio:.2f}",
        golden,
        f"for {' and '.join(chosen_for)}" if chosen_for else "",
    )


def _with_range(values: Sequence[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})"
