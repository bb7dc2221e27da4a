"""Taking times in turns."""

import pytest

from streamseg.backends.turns import Budget, ratio, spread, take_turns


def _contest(budget):
    order = []
    runs = {name: lambda name=name: order.append(name) for name in ("first", "second")}
    return take_turns(runs, budget), order


def test_no_round_more_is_begun_when_the_time_is_over_but_the_least_ones_are_held():
    times_ms, _ = _contest(Budget(seconds=0, least_rounds=4, most_rounds=9))
    assert {name: len(times) for name, times in times_ms.items()} == {"first": 4, "second": 4}


def test_no_more_rounds_are_held_than_the_most():
    times_ms, _ = _contest(Budget(seconds=60, least_rounds=1, most_rounds=5))
    assert {name: len(times) for name, times in times_ms.items()} == {"first": 5, "second": 5}


def test_the_order_is_reversed_every_other_round():
    _, order = _contest(Budget(seconds=60, least_rounds=1, most_rounds=2))
    turn = len(order) // 4
    assert order == ["first"] * turn + ["second"] * turn * 2 + ["first"] * turn


def test_each_round_is_reported():
    rounds = []
    take_turns({"only": int}, Budget(seconds=60, most_rounds=3), lambda: rounds.append(1))
    assert len(rounds) == 3


def test_a_ratio_is_taken_round_by_round_so_that_a_slow_round_does_not_count_for_one_side_alone():
    assert ratio([10, 100, 10], [20, 200, 20]) == 2
    assert ratio([10, 10, 40], [20, 20, 20]) == 2


@pytest.mark.parametrize(("times_ms", "expected"), [([], 0), ([5], 0), ([4, 4, 4], 0), ([1, 2, 3, 4, 5], 2 / 3)])
def test_the_spread_is_the_middle_half_as_a_share_of_the_median(times_ms, expected):
    assert spread(times_ms) == pytest.approx(expected)
