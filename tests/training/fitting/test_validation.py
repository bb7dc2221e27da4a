"""Scores are honest about pictures that show nothing, and the threshold is chosen by them."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.fitting.losses import LOSSES
from training.fitting.validation import Scores, choose_threshold, mean_loss, predict, score


@pytest.fixture(scope="module")
def echo() -> keras.Model:
    """Return a model whose probability is its picture."""
    tensor = keras.Input((None, None, 1))
    return keras.Model(tensor, keras.layers.ReLU()(tensor))


def one_square_among_two() -> np.ndarray:
    masks = np.zeros((2, 16, 16), bool)
    masks[0, 4:12, 4:12] = True
    return masks


def test_predictions_keep_the_order_over_several_batches(echo: keras.Model) -> None:
    images = np.random.default_rng(2).integers(0, 256, (37, 16, 16)).astype(np.uint8)
    np.testing.assert_allclose(predict(echo, images), images / 255, atol=1e-6)


def test_the_mean_is_over_pictures_that_show_the_structure() -> None:
    masks = one_square_among_two()
    missed = np.zeros(masks.shape, np.float32)
    assert score(missed, masks, 0.5) == Scores(mean_dice=0, pooled_dice=0)
    assert score(masks.astype(np.float32), masks, 0.5) == Scores(mean_dice=1, pooled_dice=1)


def test_a_false_alarm_lowers_the_pooled_score() -> None:
    masks = one_square_among_two()
    alarmed = masks.astype(np.float32)
    alarmed[1, :8, :8] = 1
    scores = score(alarmed, masks, 0.5)
    assert scores.of("mean_dice") == 1
    assert scores.of("pooled_dice") == pytest.approx(2 * 64 / (64 + 128))


def test_a_mean_over_no_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="none of 2 does"):
        score(np.zeros((2, 16, 16), np.float32), np.zeros((2, 16, 16), bool), 0.5)


def test_the_threshold_that_separates_best_is_chosen() -> None:
    masks = one_square_among_two()
    probabilities = np.where(masks, np.float32(0.62), np.float32(0.52))
    assert choose_threshold(probabilities, masks, "mean_dice") == (0.55, 1.0)


def test_the_score_asked_for_decides_about_the_threshold() -> None:
    masks = one_square_among_two()
    probabilities = np.where(masks, np.float32(0.42), np.float32(0.02))
    probabilities[0, 4, 4:12], probabilities[1, :6] = 0.22, 0.32
    assert choose_threshold(probabilities, masks, "mean_dice")[0] < 0.3
    assert choose_threshold(probabilities, masks, "pooled_dice")[0] > 0.3


def test_the_mean_loss_is_that_of_all_pictures_at_once() -> None:
    rng = np.random.default_rng(3)
    masks = rng.random((37, 8, 8)) < 0.5
    probabilities = rng.random((37, 8, 8)).astype(np.float32)
    for name in ("binary_cross_entropy", "dice_and_cross_entropy", "focal_tversky"):  # means over pictures
        loss = LOSSES[name]
        whole = float(loss(masks[..., np.newaxis].astype(np.float32), probabilities[..., np.newaxis]))
        assert mean_loss(loss, probabilities, masks) == pytest.approx(whole, rel=1e-5)
