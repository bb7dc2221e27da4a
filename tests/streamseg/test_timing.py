"""Durations and rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.timing import BySecond, Durations, Jitter, RateMeter

SECOND_NS = 1_000_000_000


@given(st.lists(st.integers(1_000, 100 * SECOND_NS), min_size=1, max_size=300))
def test_percentiles_are_within_half_a_per_cent_of_the_value_at_their_rank(values):
    durations = Durations()
    for value in values:
        durations.add(value)
    spread = durations.spread
    assert spread.count == len(values)
    assert spread.maximum == pytest.approx(max(values) / 1e6)
    for share, found in ((0.5, spread.p50), (0.95, spread.p95), (0.99, spread.p99)):
        exact = np.quantile(values, share, method="inverted_cdf") / 1e6
        assert found == pytest.approx(exact, rel=0.005)


def test_percentiles_of_nothing_are_zero():
    assert Durations().spread.count == 0
    assert Durations().spread.p99 == 0


def test_a_negative_duration_is_refused():
    with pytest.raises(ValueError, match="negative"):
        Durations().add(-1)


@given(st.integers(2, 200), st.integers(1_000_000, 40_000_000))
def test_rate_counts_intervals_and_not_stamps(count, interval_ns):
    """N stamps span N - 1 intervals: 30 Hz is 30, not 31."""
    meter = RateMeter(window_s=1e6)
    for step in range(count):
        meter.tick(step * interval_ns)
    assert meter.rate((count - 1) * interval_ns) == pytest.approx(SECOND_NS / interval_ns)


def test_rate_falls_to_zero_when_events_stop():
    meter = RateMeter(window_s=2)
    for step in range(61):
        meter.tick(step * SECOND_NS // 30)
    last = 2 * SECOND_NS
    rates = [meter.rate(last + wait) for wait in (0, SECOND_NS // 2, SECOND_NS, 3 * SECOND_NS)]
    assert rates[0] == pytest.approx(30, rel=0.01)
    assert rates == sorted(rates, reverse=True)
    assert rates[1] < 25
    assert rates[-1] == 0


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_events_have_no_rate(count):
    meter = RateMeter()
    for _ in range(count):
        meter.tick(5)
    assert meter.rate(5) == 0


def test_each_second_that_is_over_has_its_count_and_a_silent_one_has_none():
    by_second = BySecond(5)
    for at_s in (10.0, 10.5, 12.2, 13.1):
        by_second.add(int(at_s * 1e9))
    assert by_second.values(13_900_000_000) == (0, 0, 2, 0, 1)
    assert by_second.values(14_000_000_000) == (0, 2, 0, 1, 1)
    assert by_second.values(99_000_000_000) == (0, 0, 0, 0, 0)


def test_frames_at_even_intervals_have_no_jitter_and_uneven_ones_that_of_rfc_3550():
    even, uneven = Jitter(), Jitter()
    assert even.jitter_ms is None
    for index in range(50):
        even.add(index * 40_000_000)
        uneven.add(index * 40_000_000 + (index % 2) * 5_000_000)
    assert even.jitter_ms == 0
    assert uneven.jitter_ms == pytest.approx(10)


def test_the_interval_over_an_interruption_is_no_jitter():
    jitter = Jitter()
    for at_ms in (0, 40, 80, 120):
        jitter.add(at_ms * 1_000_000)
    jitter.interrupt()
    for at_ms in (9000, 9040, 9080):
        jitter.add(at_ms * 1_000_000)
    assert jitter.jitter_ms == 0
