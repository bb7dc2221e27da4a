"""How long a picture takes, one at a time and several at once."""

import threading

import numpy as np
import pytest

from streamseg.backends.lanes import Lanes
from streamseg.backends.turns import Budget
from streamseg.backends.uses import lanes_for, time_pictures
from streamseg.errors import ModelError

DEADLINE_S = 20
TENSOR = np.zeros((1, 2, 2, 1), np.float32)


class Meeting:
    """A segmenter that answers once so many are asked at the same time."""

    def __init__(self, count):
        self._barrier = threading.Barrier(count)

    def infer(self, tensor):
        self._barrier.wait(DEADLINE_S)
        return tensor[0, :, :, 0]


class Loaded:
    """A model with one lane for single pictures, and several for more."""

    def __init__(self, count):
        self.single = Lanes([Meeting(1)])
        self.lanes = Lanes([Meeting(count)] * count)


@pytest.fixture
def budget():
    """Return two rounds by a clock on which every run takes 12 ms."""
    ticks_ns = iter(range(0, 10**12, 12_000_000))
    return Budget(seconds=0, least_rounds=2, most_rounds=2, runs=1, clock_ns=lambda: next(ticks_ns))


def test_several_at_once_share_the_time_that_they_take_together(budget):
    models = {"two": Loaded(2), "three": Loaded(3)}
    assert time_pictures(models, TENSOR, "at once", budget) == {"two": [6, 6], "three": [4, 4]}


def test_one_at_a_time_each_picture_has_its_own_time(budget):
    assert time_pictures({"two": Loaded(2)}, TENSOR, "single", budget) == {"two": [12, 12]}


def test_what_runs_beside_comes_first_and_counts_as_one_picture(budget):
    order, rounds = [], []
    times_ms = time_pictures(
        {"two": Loaded(2)},
        TENSOR,
        "at once",
        budget,
        beside={"bare": lambda: order.append("bare")},
        on_round=lambda: rounds.append(1),
    )
    assert list(times_ms.items()) == [("bare", [12, 12]), ("two", [6, 6])]
    assert (len(order), len(rounds)) == (4, 2)


def test_a_lane_that_fails_is_an_error(budget):
    class Failing(Meeting):
        def infer(self, _):
            raise ModelError("out of memory")

    model = Loaded(2)
    model.lanes = Lanes([Failing(1)] * 2)
    with pytest.raises(ModelError, match="out of memory"):
        time_pictures({"failing": model}, TENSOR, "at once", budget)


def test_a_use_is_that_of_a_single_lane_or_of_all():
    model = Loaded(2)
    assert lanes_for("single", model) is model.single
    assert lanes_for("at once", model) is model.lanes
