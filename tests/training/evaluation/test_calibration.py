"""Expected calibration error is how far probabilities are from shares."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.calibration import calibration_sums, expected_calibration_error

ONE = np.ones((1, 1))


def error(probability: np.ndarray, expert: np.ndarray, **options: int) -> float:
    sums = calibration_sums(probability.astype(np.float32), expert)[np.newaxis]
    return float(expected_calibration_error(ONE, sums, **options)[0])


def test_probabilities_that_come_true_have_next_to_no_error() -> None:
    rng = np.random.default_rng(2)
    probability = rng.random((600, 600))
    assert error(probability, rng.random((600, 600)) < probability) < 0.02


def test_the_error_is_the_distance_of_probability_and_share() -> None:
    half = np.zeros((10, 10), bool)
    half[:5] = True
    assert error(np.full((10, 10), 0.75), half) == pytest.approx(0.25)
    assert error(np.ones((10, 10)), np.zeros((10, 10), bool)) == pytest.approx(1)


def test_certain_background_can_be_left_out() -> None:
    probability, expert = np.zeros((10, 10)), np.zeros((10, 10), bool)
    probability[0] = 0.5
    assert error(probability, expert) == pytest.approx(0.05)
    assert error(probability, expert, first_bin=1) == pytest.approx(0.5)
    assert np.isnan(error(np.zeros((4, 4)), np.zeros((4, 4), bool), first_bin=1))


def test_every_pixel_is_in_one_bin() -> None:
    probability = np.random.default_rng(1).random((30, 40)).astype(np.float32)
    expert = probability > 0.6
    pixels, confidence, hits = calibration_sums(probability, expert).sum(axis=1)
    assert (pixels, hits) == (1200, expert.sum())
    assert confidence == pytest.approx(probability.sum(), rel=1e-5)
