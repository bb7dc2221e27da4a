"""Durations of the last minute."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.watch.recent import SECONDS, RecentDurations

SECOND_NS = 1_000_000_000


@given(st.lists(st.integers(2_000, 10**10), min_size=1, max_size=60))
def test_percentiles_are_within_two_per_cent_of_the_value_at_their_rank(durations_ns):
    recent = RecentDurations()
    for duration_ns in durations_ns:
        recent.add(duration_ns, 100 * SECOND_NS)
    spread = recent.minute(100 * SECOND_NS)
    ranked = sorted(durations_ns)
    for share, found_ms in ((0.50, spread.p50), (0.95, spread.p95), (0.99, spread.p99)):
        true_ms = ranked[max(1, math.ceil(share * len(ranked))) - 1] / 1e6
        assert found_ms == pytest.approx(true_ms, rel=0.02)
    assert (spread.count, spread.maximum) == (len(ranked), ranked[-1] / 1e6)


def test_what_is_older_than_a_minute_is_forgotten():
    recent = RecentDurations()
    recent.add(5_000_000, 10 * SECOND_NS)
    recent.add(9_000_000, 50 * SECOND_NS)
    assert recent.minute(70 * SECOND_NS).count == 2
    assert recent.minute(71 * SECOND_NS).count == 1
    assert recent.minute(500 * SECOND_NS).count == 0


def test_each_second_that_is_over_has_its_own_median_and_a_silent_one_has_none():
    recent = RecentDurations()
    for second in (100, 101, 103):
        for _ in range(3):
            recent.add(second * 1_000_000, second * SECOND_NS + 5)
    spreads = recent.by_second(104 * SECOND_NS)
    assert len(spreads.p50) == len(spreads.p95) == SECONDS
    np.testing.assert_allclose(spreads.p50[-4:], [100, 101, math.nan, 103], rtol=0.02)
    assert recent.by_second(103 * SECOND_NS + 1).p50[-1] != 103  # it is not over yet
    assert all(math.isnan(value) for value in recent.by_second(300 * SECOND_NS).p95)


def test_a_slot_is_used_again_after_its_second_is_forgotten():
    recent = RecentDurations()
    for second in range(1000):
        recent.add((second + 1) * 100_000, second * SECOND_NS)
    spreads = recent.by_second(1000 * SECOND_NS)
    expected = [(second + 1) / 10 for second in range(1000 - SECONDS, 1000)]
    np.testing.assert_allclose(spreads.p50, expected, rtol=0.02)
