"""Figures over many pictures, with intervals that respect that pictures of one subject resemble one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from training.metrics import Overlap

RESAMPLES = 2000
INTERVAL = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One picture: overlap with the expert's mask, and circumference found minus the expert's, where both are known."""

    name: str
    subject: str
    overlap: Overlap
    difference_mm: float | None = None


class Figure(BaseModel):
    """A figure over ``n`` pictures, with its 95 % interval."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str
    value: float
    n: int
    interval: tuple[float, float]


Statistic = Callable[[Sequence[CaseResult]], float]


def _pooled(results: Sequence[CaseResult]) -> Overlap:
    return Overlap.pool(result.overlap for result in results)


def _differences_mm(results: Sequence[CaseResult]) -> NDArray[np.float64]:
    return np.array([result.difference_mm for result in results if result.difference_mm is not None])


OVERLAP: dict[str, Statistic] = {
    "Dice, pooled": lambda results: _pooled(results).dice,
    "Dice, mean per picture": lambda results: float(np.mean([result.overlap.dice for result in results])),
    "IoU, pooled": lambda results: _pooled(results).iou,
    "IoU, mean per picture": lambda results: float(np.mean([result.overlap.iou for result in results])),
}
CIRCUMFERENCE: dict[str, Statistic] = {
    "head circumference, mean absolute difference in mm": lambda results: float(
        np.mean(np.abs(_differences_mm(results)))
    ),
    "head circumference, mean difference in mm": lambda results: float(np.mean(_differences_mm(results))),
}
LIKENESS: dict[str, Statistic] = {"IoU with the float32 masks, mean per picture": OVERLAP["IoU, mean per picture"]}


def summarise(results: Sequence[CaseResult], *, resamples: int = RESAMPLES) -> tuple[Figure, ...]:
    """Return overlap, and circumference where it is known, over ``results``."""
    measured = [result for result in results if result.difference_mm is not None]
    figures = [figure(name, statistic, results, resamples=resamples) for name, statistic in OVERLAP.items()]
    if measured:
        figures += [figure(name, statistic, measured, resamples=resamples) for name, statistic in CIRCUMFERENCE.items()]
    return tuple(figures)


def figure(
    name: str, statistic: Statistic, results: Sequence[CaseResult], *, resamples: int = RESAMPLES, seed: int = 0
) -> Figure:
    """Return ``statistic`` over ``results``, with its 95 % interval from resampling subjects.

    Resampling pictures instead would make the interval too narrow.

    References
    ----------
    Efron 1979, "Bootstrap Methods: Another Look at the Jackknife", doi 10.1214/aos/1176344552.
    """
    by_subject: dict[str, list[CaseResult]] = {}
    for result in results:
        by_subject.setdefault(result.subject, []).append(result)
    groups = list(by_subject.values())
    rng = np.random.default_rng(seed)
    values = [
        statistic([result for index in rng.integers(len(groups), size=len(groups)) for result in groups[index]])
        for _ in range(resamples)
    ]
    low, high = np.percentile(values, INTERVAL)
    return Figure(metric=name, value=statistic(results), n=len(results), interval=(float(low), float(high)))
