"""Intervals come from drawing subjects, and ratios are those of their sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from training.evaluation.resampling import Resampling, ratio

ONES = np.ones(20)
VALUES = np.random.default_rng(3).normal(0.8, 0.1, 20)
SUBJECTS = [str(number) for number in range(20)]


def mean_of(values: np.ndarray):
    return lambda weights: ratio(weights, values, np.ones(len(values)))


def test_with_one_picture_a_subject_the_interval_is_that_of_scipys_bootstrap() -> None:
    found = Resampling(SUBJECTS).estimate(mean_of(VALUES))
    expected = stats.bootstrap((VALUES,), np.mean, n_resamples=5000, method="percentile", rng=1).confidence_interval
    assert found.value == pytest.approx(VALUES.mean())
    assert found.interval == pytest.approx((expected.low, expected.high), abs=4e-3)


def test_repeating_each_subjects_picture_does_not_narrow_the_interval() -> None:
    one = Resampling(SUBJECTS).estimate(mean_of(VALUES))
    four = Resampling(SUBJECTS * 4).estimate(mean_of(np.tile(VALUES, 4)))
    assert four.interval == pytest.approx(one.interval)


def test_one_subject_alone_has_no_width() -> None:
    assert Resampling(["a", "a"]).estimate(mean_of(np.array([0.0, 1.0]))).interval == (0.5, 0.5)


def test_resamples_in_which_a_figure_is_not_defined_do_not_count() -> None:
    first_only = np.array([1.0, 0.0, 0.0])
    found = Resampling(["a", "b", "c"]).estimate(lambda weights: ratio(weights, 0.3 * first_only, first_only))
    assert found.interval == pytest.approx((0.3, 0.3))


def test_a_figure_that_is_never_defined_has_no_interval() -> None:
    found = Resampling(["a", "b"]).estimate(lambda weights: ratio(weights, np.zeros(2), np.zeros(2)))
    assert math.isnan(found.value)
    assert found.interval is None
