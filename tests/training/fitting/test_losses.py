"""Each loss is small where masks agree and large where they do not."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.fitting.losses import LOSSES, Loss, at_coarser_output

EVERY = pytest.mark.parametrize("loss", LOSSES.values(), ids=list(LOSSES))


def value(loss: Loss, mask: np.ndarray, probability: np.ndarray) -> float:
    return float(loss(mask[np.newaxis, ..., np.newaxis], probability[np.newaxis, ..., np.newaxis]))


def disc() -> np.ndarray:
    rows, columns = np.mgrid[:32, :32] - 15.5
    return (rows**2 + columns**2 < 100).astype(np.float32)


def nothing() -> np.ndarray:
    return np.zeros((32, 32), np.float32)


@EVERY
def test_a_perfect_answer_costs_nothing_and_the_opposite_much(loss: Loss) -> None:
    assert value(loss, disc(), disc()) == pytest.approx(0, abs=2e-4)
    assert value(loss, disc(), 1 - disc()) > 0.9


@EVERY
def test_an_empty_mask_that_is_found_empty_costs_nothing(loss: Loss) -> None:
    assert value(loss, nothing(), nothing()) == pytest.approx(0, abs=3e-3)


@EVERY
def test_it_stays_finite_at_certain_and_wrong_probabilities(loss: Loss) -> None:
    assert np.isfinite(value(loss, disc(), nothing()))
    assert np.isfinite(value(loss, nothing(), nothing() + 1))


def test_an_undecided_answer_costs_what_the_formulas_say() -> None:
    area, undecided = disc().sum(), np.full((32, 32), 0.5, np.float32)
    dice = (area + 1) / (area + 0.5 * 1024 + 1)
    index = (0.5 * area + 1) / (0.5 * area + 0.7 * 0.5 * area + 0.3 * 0.5 * (1024 - area) + 1)
    expected = {
        "binary_cross_entropy": np.log(2),
        "dice_and_cross_entropy": np.log(2) + 1 - dice,
        "pooled_dice_and_cross_entropy": np.log(2) + 1 - dice,
        "focal_tversky": (1 - index) ** 0.75,
    }
    for name, loss in LOSSES.items():
        assert value(loss, disc(), undecided) == pytest.approx(expected[name], rel=1e-4)


def test_finding_nothing_is_no_half_answer_to_pooled_dice_where_half_of_the_masks_are_empty() -> None:
    masks = np.stack([disc(), nothing()])[..., np.newaxis]
    empty = np.zeros_like(masks)
    entropy = float(LOSSES["binary_cross_entropy"](masks, empty))
    assert float(LOSSES["dice_and_cross_entropy"](masks, empty)) - entropy == pytest.approx(0.5, abs=0.01)
    assert float(LOSSES["pooled_dice_and_cross_entropy"](masks, empty)) - entropy == pytest.approx(1, abs=0.01)


def test_cross_entropy_is_that_of_keras() -> None:
    probability = np.random.default_rng(1).uniform(0.01, 0.99, (2, 8, 8, 1)).astype(np.float32)
    mask = (np.random.default_rng(2).random((2, 8, 8, 1)) < 0.3).astype(np.float32)
    expected = float(keras.losses.BinaryCrossentropy()(mask, probability))
    assert float(LOSSES["binary_cross_entropy"](mask, probability)) == pytest.approx(expected, rel=1e-5)


def test_focal_tversky_minds_missed_pixels_more_than_excess_ones() -> None:
    half = disc() * (np.arange(32) < 16)
    loss = LOSSES["focal_tversky"]
    assert value(loss, disc(), half) > value(loss, half, disc())


def test_a_coarser_output_is_compared_with_the_mask_averaged_down_to_it() -> None:
    loss = at_coarser_output(LOSSES["dice_and_cross_entropy"], 4)
    coarse = disc().reshape(8, 4, 8, 4).mean(axis=(1, 3))
    expected = value(LOSSES["dice_and_cross_entropy"], coarse, coarse)
    masks = disc()[np.newaxis, ..., np.newaxis]
    assert float(loss(masks, coarse[np.newaxis, ..., np.newaxis])) == pytest.approx(expected, rel=1e-5)
