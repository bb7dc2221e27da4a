"""True numbers: durations with percentiles, and rates that decay to zero when frames stop."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass

import numpy as np

_SMALLEST_NS = 1_000
_BINS_PER_E_FOLD = 200
_BINS = _BINS_PER_E_FOLD * 21  # up to 1 us * e**21, about 22 minutes


@dataclass(frozen=True, slots=True)
class Spread:
    """Percentiles of ``count`` durations, in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    maximum: float


class Durations:
    """Percentiles of any number of durations in constant memory.

    Durations are counted in logarithmic bins 0.5 % wide, so that a percentile is within 0.25 % of the value at its
    rank (1 us to 20 minutes). Count and maximum are exact. One thread adds; any thread reads.

    References
    ----------
    Masson, Rim, Lee 2019, "DDSketch", doi 10.14778/3352063.3352135: quantiles with a relative-error guarantee.
    """

    def __init__(self) -> None:
        self._bins = np.zeros(_BINS, np.int64)
        self._count = 0
        self._maximum_ns = 0

    def add(self, duration_ns: int) -> None:
        """Count one duration; a negative one is an error of the caller."""
        if duration_ns < 0:
            raise ValueError(f"a duration cannot be negative, got {duration_ns} ns")
        position = int(math.log(max(duration_ns, _SMALLEST_NS) / _SMALLEST_NS) * _BINS_PER_E_FOLD)
        self._bins[min(position, _BINS - 1)] += 1
        self._count += 1
        self._maximum_ns = max(self._maximum_ns, duration_ns)

    @property
    def spread(self) -> Spread:
        """The percentiles so far; all zero before the first duration."""
        cumulative = np.cumsum(self._bins)
        p50, p95, p99 = (self._percentile(cumulative, share) for share in (0.50, 0.95, 0.99))
        return Spread(int(cumulative[-1]), p50, p95, p99, self._maximum_ns / 1e6)

    def _percentile(self, cumulative: np.ndarray[tuple[int], np.dtype[np.int64]], share: float) -> float:
        count = int(cumulative[-1])
        if count == 0:
            return 0.0
        position = int(np.searchsorted(cumulative, max(1, math.ceil(share * count))))
        middle_ns = _SMALLEST_NS * math.exp((position + 0.5) / _BINS_PER_E_FOLD)
        return min(middle_ns, self._maximum_ns) / 1e6


class RateMeter:
    """Events per second over the last ``window_s`` seconds: (N - 1) / (last - first).

    When events stop, the rate falls with the time since the last one, and is zero once the window is empty.
    """

    def __init__(self, window_s: float = 2.0) -> None:
        self._window_ns = int(window_s * 1e9)
        self._stamps: deque[int] = deque()
        self._lock = threading.Lock()

    def tick(self, now_ns: int) -> None:
        """Count one event at ``now_ns`` on the monotonic clock."""
        with self._lock:
            self._stamps.append(now_ns)
            self._forget(now_ns)

    def rate(self, now_ns: int) -> float:
        """Return the events per second at ``now_ns``."""
        with self._lock:
            self._forget(now_ns)
            if len(self._stamps) < 2:
                return 0.0
            first, last = self._stamps[0], self._stamps[-1]
            usual = (last - first) / (len(self._stamps) - 1)
            overdue = now_ns - last > 2 * usual
            span = now_ns - first if overdue else last - first
            return (len(self._stamps) - 1) * 1e9 / span if span else 0.0

    def _forget(self, now_ns: int) -> None:
        while self._stamps and now_ns - self._stamps[0] > self._window_ns:
            self._stamps.popleft()
