"""The threshold is chosen by the Dice that it gives."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.samples import Samples
from training.validation import choose_threshold, mean_dice, predict


def echo() -> keras.Model:
    """Return a model whose probability is its picture."""
    tensor = keras.Input((None, None, 1))
    return keras.Model(tensor, keras.layers.ReLU()(tensor))


def test_predictions_keep_the_order_over_several_batches() -> None:
    images = np.random.default_rng(2).random((37, 16, 16), np.float32)
    np.testing.assert_array_equal(predict(echo(), images), images)


def test_the_threshold_that_separates_best_is_chosen() -> None:
    masks = np.zeros((3, 16, 16), np.float32)
    masks[:, 4:12, 4:12] = 1
    images = np.where(masks == 1, np.float32(0.62), np.float32(0.52))
    threshold, dice = choose_threshold(echo(), Samples(images, masks))
    assert (threshold, dice) == (0.55, 1.0)


def test_the_mean_is_over_pictures_and_not_over_pixels() -> None:
    masks = np.zeros((2, 16, 16), np.float32)
    masks[0, 0, 0] = 1
    masks[1] = 1
    probabilities = masks.copy()
    probabilities[0] = 0
    assert mean_dice(probabilities, masks, 0.5) == pytest.approx(0.5)
