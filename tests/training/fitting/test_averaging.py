"""The average follows the weights, fast at first and slowly later."""

from __future__ import annotations

import numpy as np
import pytest

from training.fitting.averaging import WeightAverage


def test_weights_that_stay_are_their_own_average() -> None:
    average = WeightAverage([np.ones(3, np.float32)])
    for _ in range(5):
        average.update([np.ones(3, np.float32)], 0.9)
    np.testing.assert_allclose(average.weights[0], 1)


def test_the_random_start_is_soon_forgotten() -> None:
    average = WeightAverage([np.full(1, 100, np.float32)])
    for _ in range(50):
        average.update([np.zeros(1, np.float32)], 0.999)
    assert abs(average.weights[0][0]) < 0.01


def test_late_updates_move_it_by_one_minus_decay() -> None:
    average = WeightAverage([np.zeros(1, np.float32)], updates=10_000)
    average.update([np.ones(1, np.float32)], 0.9)
    assert average.weights[0][0] == pytest.approx(0.1)


def test_without_decay_it_is_the_weights_themselves() -> None:
    average = WeightAverage([np.zeros(1, np.float32)])
    average.update([np.full(1, 7, np.float32)], 0)
    assert average.weights[0][0] == 7


def test_the_weights_given_at_the_start_are_not_changed() -> None:
    start = np.zeros(1, np.float32)
    WeightAverage([start]).update([np.ones(1, np.float32)], 0.5)
    assert start[0] == 0
