"""Takes times in turns, so that all contestants meet the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to measure: until ``seconds`` are over, but never fewer or more rounds than these.

    Attributes
    ----------
    runs
        How many runs of a turn count.
    clock_ns
        What tells the time; by default that of the wall.
    """

    seconds: float = 1.5
    least_rounds: int = 3
    most_rounds: int = 25
    runs: int = 2
    clock_ns: Callable[[], int] = time.perf_counter_ns


def take_turns(
    runs: Mapping[str, Callable[[], object]], budget: Budget, on_round: Callable[[], None] | None = None
) -> dict[str, list[float]]:
    """Return how many milliseconds each of ``runs`` took, by name: the median of its turn, for every round.

    The order is reversed every other round. A turn begins with a run that is not counted, since caches and threads are
    still those of the contestant before.
    """
    times_ms: dict[str, list[float]] = {name: [] for name in runs}
    end_s = time.monotonic() + budget.seconds
    for number in range(budget.most_rounds):
        if number >= budget.least_rounds and time.monotonic() >= end_s:
            break
        for name in list(runs)[:: 1 if number % 2 == 0 else -1]:
            runs[name]()
            times_ms[name].append(median(_timed_ms(runs[name], budget.clock_ns) for _ in range(budget.runs)))
        if on_round is not None:
            on_round()
    return times_ms


def ratio(times_ms: Sequence[float], baseline_ms: Sequence[float]) -> float:
    """Return how many times as fast as the baseline: the median over rounds, each against its own round.

    A machine that slows down between two rounds changes both, and not their ratio.
    """
    return median(base / own for own, base in zip(times_ms, baseline_ms, strict=True))


def spread(times_ms: Sequence[float]) -> float:
    """Return the middle half of ``times_ms`` as a share of their median; 0 for fewer than two."""
    if len(times_ms) < 2:
        return 0.0
    lower, middle, upper = quantiles(times_ms, method="inclusive")
    return (upper - lower) / middle


def _timed_ms(run: Callable[[], object], clock_ns: Callable[[], int]) -> float:
    begin_ns = clock_ns()
    run()
    return (clock_ns() - begin_ns) / 1e6
