"""Backend ``auto``: opens a model on every runtime that is installed, and keeps the fastest that answers right.

Fastest at what the model is used for: one picture at a time, or several at once (`streamseg.backends.uses`). A runtime
that takes seconds to import (`Plugin.is_last_resort`) is only tried where no other one plays such files.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from types import MappingProxyType
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from streamseg.backends.answers import Answer, Question, recall, remember
from streamseg.backends.turns import Budget, spread
from streamseg.backends.uses import Usable, Use, time_pictures
from streamseg.errors import (
    ChecksumError,
    GoldenFrameError,
    MissingDependencyError,
    ModelCardError,
    ModelError,
    UnplayableError,
)
from streamseg.machine import cpu_model, installed_version, usable_cores
from streamseg.model_card import ModelCard
from streamseg.notice import NOTICE
from streamseg.registry import Plugin, plugins
from streamseg.settings import ModelSettings

WIDEST_SPREAD = 0.25
"""With a wider one, the machine was busy with something else, and the answer may be wrong unless all rounds agree."""

AS_GOOD_AS_EQUAL = 1.1
"""Medians that differ by no more than this factor."""

BUDGETS: Mapping[Use, Budget] = MappingProxyType({"single": Budget(), "at once": Budget(least_rounds=5, runs=1)})
"""A run at once is a picture for every lane, and takes so much longer: one in a turn leaves time for more rounds."""

logger = logging.getLogger(__name__)


class Proven(Usable, Protocol):
    """A loaded model, whose golden frame was right."""

    def close(self) -> None:
        """Free the runtime."""


Opened = TypeVar("Opened", bound=Proven)
Open = Callable[[ModelSettings], Opened]


def open_fastest(
    settings: ModelSettings, card: ModelCard, tensor: NDArray[np.float32], open_on: Open[Opened], *, use: Use
) -> Opened:
    """Open the model of ``settings``, whose backend is ``auto``, on the backend that answers right and is the fastest.

    Parameters
    ----------
    tensor
        What to measure with.
    open_on
        Opens and proves the model for ``use`` on the backend that its settings name.
    use
        What it is to be the fastest at.

    Raises
    ------
    ModelError
        No backend runs the model. The error is that of the first one.
    """
    question = question_of(settings, card, use)
    known = recall(question)
    if known is not None:
        try:
            return open_on(named(settings, known))
        except (MissingDependencyError, ModelError) as err:
            logger.warning("backend %s was the fastest, but fails now: %s; the others are measured again", known, err)
    opened = _open_all(settings, open_on)
    with ExitStack() as closing:
        for model in opened.values():
            closing.callback(model.close)
        times_ms = _measure(opened, tensor, use)
        closing.pop_all()
    answer = settle(question, times_ms)
    for name in opened.keys() - {answer.backend}:
        opened[name].close()
    return opened[answer.backend]


def settle(question: Question, times_ms: Mapping[str, Sequence[float]]) -> Answer:
    """Return the backend with the smallest median of ``times_ms``, say so, and remember it if it is sure.

    Of those that are as good as equal it is the first, so that noise does not decide.

    Parameters
    ----------
    times_ms
        Milliseconds a picture of each backend by round, in the order of `installed`; of a single one they may be left
        out.
    """
    medians_ms = {name: median(times) for name, times in times_ms.items() if times}
    best_ms = min((medians_ms.get(name, 0.0) for name in times_ms), default=0.0)
    fastest = next(name for name in times_ms if medians_ms.get(name, 0.0) <= AS_GOOD_AS_EQUAL * best_ms)
    answer = Answer(question=question, backend=fastest, median_ms=medians_ms)
    is_sure = all(spread(times) <= WIDEST_SPREAD for times in times_ms.values()) or _won_every_round(fastest, times_ms)
    if is_sure:
        remember(answer)
    if medians_ms:
        logger.log(NOTICE, "%s", _sentence(answer, is_sure=is_sure))
    return answer


def _won_every_round(fastest: str, times_ms: Mapping[str, Sequence[float]]) -> bool:
    """Whether ``fastest`` was so each time, or as good as: what slows one backend in a round slows all in it."""
    others = (times for name, times in times_ms.items() if name != fastest)
    return all(
        own < AS_GOOD_AS_EQUAL * other for times in others for own, other in zip(times_ms[fastest], times, strict=True)
    )


def question_of(settings: ModelSettings, card: ModelCard, use: Use) -> Question:
    """Return what the fastest backend for ``settings`` in ``use`` depends on."""
    named_file = [weights.sha256 for weights in card.weights if weights.file == Path(settings.name).name]
    fitting = [weights.sha256 for weights in card.weights if weights.precision == settings.precision]
    return Question(
        model=card.name,
        use=use,
        weights=tuple(named_file or fitting),
        precision=settings.precision,
        providers=settings.providers,
        require_provider=settings.require_provider,
        threads=settings.threads,
        cpu=cpu_model(),
        cores=usable_cores(),
        versions={"streamseg": installed_version("streamseg") or ""}
        | {plugin.name: _version(plugin) for plugin in installed()},
    )


def named(settings: ModelSettings, backend: str) -> ModelSettings:
    """Return ``settings`` with that backend."""
    return settings.model_copy(update={"backend": backend})


def installed() -> list[Plugin]:
    """Return the segmenters that can be used here: those that need the fewest packages first, the last resorts last.

    So an extra is taken only where it is faster, not where it is as good as equal and costs more memory.
    """
    usable = [plugin for plugin in plugins("segmenters").values() if plugin.missing is None]
    return sorted(usable, key=lambda plugin: (plugin.is_last_resort, len(plugin.requires)))


def _open_all(settings: ModelSettings, open_on: Open[Opened]) -> dict[str, Opened]:
    """Open the model on every backend that answers right; on a last resort only where no other plays such files.

    Raises
    ------
    ModelError
        There is none.
    """
    opened: dict[str, Opened] = {}
    faults: dict[str, ModelError] = {}
    for plugin in installed():
        if plugin.is_last_resort and (opened or not _are_unplayable(faults.values())):
            break
        try:
            opened[plugin.name] = open_on(named(settings, plugin.name))
        except (ChecksumError, ModelCardError):
            raise  # the fault of no backend
        except ModelError as err:
            faults[plugin.name] = err
    if not opened:
        raise next(iter(faults.values()))
    for name, fault in faults.items():
        is_wrong = isinstance(fault, GoldenFrameError)
        logger.log(logging.WARNING if is_wrong else logging.INFO, "backend %s is left out: %s", name, fault)
    return opened


def _are_unplayable(faults: Iterable[ModelError]) -> bool:
    return all(isinstance(fault, UnplayableError) for fault in faults)


def _measure(opened: Mapping[str, Proven], tensor: NDArray[np.float32], use: Use) -> dict[str, list[float]]:
    """Return the milliseconds a picture of each model by its backend; none where there is but one."""
    if len(opened) == 1:
        return {name: [] for name in opened}
    return time_pictures(opened, tensor, use, BUDGETS[use])


def _version(plugin: Plugin) -> str:
    if plugin.entry_point is not None:
        return plugin.entry_point.dist.version if plugin.entry_point.dist else ""
    return _joined(installed_version(name) for name in plugin.runtimes)


def _joined(versions: Iterable[str | None]) -> str:
    return ",".join(version for version in versions if version is not None)


def _sentence(answer: Answer, *, is_sure: bool) -> str:
    times = sorted((time_ms, name) for name, time_ms in answer.median_ms.items())
    question = answer.question
    if question.use == "at once":
        manner, figures = "several frames at once", [f"{name} {1e3 / time_ms:.1f} frames/s" for time_ms, name in times]
    else:
        manner, figures = "one frame at a time", [f"{name} {time_ms:.1f} ms" for time_ms, name in times]
    return (
        f"the best backend for {question.model} ({question.precision}), {manner}, is {answer.backend} here: "
        f"{', '.join(figures)}; "
        f"{'this is remembered' if is_sure else 'the machine is busy, so that the next start measures again'}"
    )
