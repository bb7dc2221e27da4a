"""The loss is small where masks agree and large where they do not."""

from __future__ import annotations

import numpy as np
import pytest

from training.losses import dice_and_cross_entropy


def loss(mask: np.ndarray, probability: np.ndarray) -> float:
    return float(dice_and_cross_entropy(mask[np.newaxis, ..., np.newaxis], probability[np.newaxis, ..., np.newaxis]))


def disc() -> np.ndarray:
    rows, columns = np.mgrid[:32, :32] - 15.5
    return (rows**2 + columns**2 < 100).astype(np.float32)


def test_a_perfect_answer_costs_nothing_and_the_opposite_costs_most() -> None:
    assert loss(disc(), disc()) == pytest.approx(0, abs=1e-4)
    assert loss(disc(), 1 - disc()) > 10


def test_an_empty_mask_that_is_found_empty_costs_nothing() -> None:
    assert loss(np.zeros((32, 32), np.float32), np.zeros((32, 32), np.float32)) == pytest.approx(0, abs=2e-3)


def test_an_undecided_answer_costs_what_the_formula_says() -> None:
    area = disc().sum()
    dice = (area + 1) / (area + 0.5 * 1024 + 1)
    assert loss(disc(), np.full((32, 32), 0.5, np.float32)) == pytest.approx(np.log(2) + 1 - dice, rel=1e-5)


def test_it_stays_finite_at_certain_and_wrong_probabilities() -> None:
    assert np.isfinite(loss(disc(), np.zeros((32, 32), np.float32)))
