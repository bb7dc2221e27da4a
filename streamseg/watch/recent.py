"""How long a stage took in the last minute, and in each of its seconds, in constant memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from streamseg.timing import Spread, bin_of, spread_of

SECONDS = 60
_BINS_PER_E_FOLD = 50
_BINS = _BINS_PER_E_FOLD * 21
_SECOND_NS = 1_000_000_000
_NOTHING = Spread(count=0, p50=math.nan, p95=math.nan, p99=math.nan, maximum=math.nan)


@dataclass(frozen=True, slots=True)
class BySecondSpread:
    """Median and 95th percentile in milliseconds of each second that is over, oldest first; NaN where nothing came."""

    p50: tuple[float, ...]
    p95: tuple[float, ...]


class RecentDurations:
    """Durations of the last minute, counted in logarithmic bins 2 % wide for each second.

    One thread adds; one other thread reads.
    """

    def __init__(self) -> None:
        # One slot more for the second that is running, one so that a reader never meets the one that is being cleared.
        slots = SECONDS + 2
        self._bins = np.zeros((slots, _BINS), np.uint16)
        self._maxima_ns = np.zeros(slots, np.int64)
        self._seconds = np.full(slots, -1, np.int64)
        self._known: dict[int, Spread] = {}

    def add(self, duration_ns: int, now_ns: int) -> None:
        """Count a duration, not negative, that was over at ``now_ns`` on the monotonic clock."""
        second = now_ns // _SECOND_NS
        slot = second % len(self._seconds)
        if self._seconds[slot] != second:
            self._seconds[slot] = -1
            self._bins[slot] = 0
            self._maxima_ns[slot] = 0
            self._seconds[slot] = second
        self._bins[slot, min(bin_of(duration_ns, _BINS_PER_E_FOLD), _BINS - 1)] += 1
        self._maxima_ns[slot] = max(self._maxima_ns[slot], duration_ns)

    def minute(self, now_ns: int) -> Spread:
        """Return the percentiles of the last minute, the second that is running included."""
        is_recent = self._seconds >= now_ns // _SECOND_NS - SECONDS
        maximum_ns = int(self._maxima_ns.max(where=is_recent, initial=0))
        return spread_of(self._bins[is_recent].sum(axis=0, dtype=np.int64), maximum_ns, _BINS_PER_E_FOLD)

    def by_second(self, now_ns: int) -> BySecondSpread:
        """Return the percentiles of each of the seconds that are over."""
        now = now_ns // _SECOND_NS
        # A second that is over does not change, so that only those that are new are worked out.
        self._known = {second: self._known.get(second) or self._second(second) for second in range(now - SECONDS, now)}
        spreads = self._known.values()
        return BySecondSpread(tuple(spread.p50 for spread in spreads), tuple(spread.p95 for spread in spreads))

    def _second(self, second: int) -> Spread:
        slot = second % len(self._seconds)
        if self._seconds[slot] != second:
            return _NOTHING
        return spread_of(self._bins[slot], int(self._maxima_ns[slot]), _BINS_PER_E_FOLD)
