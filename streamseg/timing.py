"""True numbers: durations with percentiles, and rates that decay to zero when frames stop."""

from __future__ import annotations

import math
import threading
from collections import deque
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
        self._maximum_ns = 0

    def add(self, duration_ns: int) -> None:
        """Count one duration; a negative one is an error of the caller."""
        if duration_ns < 0:
            raise ValueError(f"a duration cannot be negative, got {duration_ns} ns")
        self._bins[min(bin_of(duration_ns, _BINS_PER_E_FOLD), _BINS - 1)] += 1
        self._maximum_ns = max(self._maximum_ns, duration_ns)

    @property
    def spread(self) -> Spread:
        """The percentiles so far; all zero before the first duration."""
        return spread_of(self._bins, self._maximum_ns, _BINS_PER_E_FOLD)


def spread_of(bins: NDArray[Any], maximum_ns: int, bins_per_e_fold: int) -> Spread:
    """Return the percentiles of the durations counted in ``bins`` (N,), logarithmic from 1 us on."""
    cumulative = np.cumsum(bins, dtype=np.int64)
    count = int(cumulative[-1])
    if count == 0:
        return Spread(count=0, p50=0.0, p95=0.0, p99=0.0, maximum=0.0)
    ranks = [max(1, math.ceil(share * count)) for share in (0.50, 0.95, 0.99)]
    middles_ns = (
        _SMALLEST_NS * math.exp((int(position) + 0.5) / bins_per_e_fold)
        for position in np.searchsorted(cumulative, ranks)
    )
    p50, p95, p99 = (min(middle_ns, maximum_ns) / 1e6 for middle_ns in middles_ns)
    return Spread(count, p50, p95, p99, maximum_ns / 1e6)


def bin_of(duration_ns: int, bins_per_e_fold: int) -> int:
    """Return the logarithmic bin that a duration is counted in, 0 for 1 us and less."""
    return int(math.log(max(duration_ns, _SMALLEST_NS) / _SMALLEST_NS) * bins_per_e_fold)


class BySecond:
    """How often something happened in each of the last ``seconds`` seconds. One thread adds; any thread reads."""

    def __init__(self, seconds: int = 60) -> None:
        # One more for the second that is running, one so that a reader never meets the one that is being cleared.
        self._counts = [0.0] * (seconds + 2)
        self._seconds = [-1] * (seconds + 2)

    def add(self, now_ns: int, amount: float = 1) -> None:
        """Count ``amount`` at ``now_ns`` on the monotonic clock."""
        second = now_ns // 1_000_000_000
        slot = second % len(self._counts)
        if self._seconds[slot] != second:
            self._counts[slot] = 0.0
            self._seconds[slot] = second
        self._counts[slot] += amount

    def values(self, now_ns: int) -> tuple[float, ...]:
        """Return the count of each second that is over at ``now_ns``, oldest first; 0 where nothing happened."""
        now = now_ns // 1_000_000_000
        length = len(self._counts)
        slots = ((second, second % length) for second in range(now - length + 2, now))
        return tuple(self._counts[slot] if self._seconds[slot] == second else 0.0 for second, slot in slots)


class Jitter:
    """How unevenly frames come: the mean difference between neighbouring intervals, smoothed over about 16 frames.

    References
    ----------
    Schulzrinne et al. 2003, RFC 3550, 6.4.1, doi 10.17487/RFC3550.
    """

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._interval_ns: int | None = None
        self._jitter_ns: float | None = None

    @property
    def jitter_ms(self) -> float | None:
        """The jitter in milliseconds; None before the third frame."""
        return None if self._jitter_ns is None else self._jitter_ns / 1e6

    def add(self, captured_ns: int) -> None:
        """Count a frame."""
        interval_ns = None if self._last_ns is None else captured_ns - self._last_ns
        if interval_ns is not None and self._interval_ns is not None:
            change_ns = abs(interval_ns - self._interval_ns)
            past_ns = change_ns if self._jitter_ns is None else self._jitter_ns
            self._jitter_ns = past_ns + (change_ns - past_ns) / 16
        self._last_ns, self._interval_ns = captured_ns, interval_ns

    def interrupt(self) -> None:
        """Leave out the interval to the next frame: the stream was held, or went elsewhere."""
        self._last_ns = self._interval_ns = None


class RateMeter:
    """Events per second over the last ``window_s`` seconds: (N - 1) / (last - first).

    When events stop, the rate falls with the time since the last one, and is zero once the window is empty.
    """

    def __init__(self, window_s: float = 2.0) -> None:
        self._window_ns = int(window_s * 1e9)
        self._stamps: deque[int] = deque()
        self._lock = threading.Lock()
        self._by_second = BySecond()

    def tick(self, now_ns: int) -> None:
        """Count one event at ``now_ns`` on the monotonic clock."""
        with self._lock:
            self._by_second.add(now_ns)
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

    def by_second(self, now_ns: int) -> tuple[float, ...]:
        """Return the events in each of the 60 seconds that are over at ``now_ns``, oldest first."""
        return self._by_second.values(now_ns)

    def _forget(self, now_ns: int) -> None:
        while self._stamps and now_ns - self._stamps[0] > self._window_ns:
            self._stamps.popleft()
