"""The network is the study's, and folding batch normalisation changes nothing but its form."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.unet import PARAMETER_COUNT, build_unet, convolution_names, fold_batch_norm


@pytest.fixture(scope="module")
def trained() -> keras.Model:
    """Return the training form with statistics as after training, not as at the start."""
    keras.utils.set_random_seed(5)
    model = build_unet(batch_norm=True)
    rng = np.random.default_rng(5)
    for name in convolution_names():
        norm = model.get_layer(f"{name}_norm")
        shape = norm.get_weights()[0].shape
        norm.set_weights([rng.uniform(*limits, shape) for limits in ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 2))])
    return model


def test_the_network_that_ships_has_exactly_the_studys_parameters() -> None:
    assert build_unet(batch_norm=False).count_params() == PARAMETER_COUNT == 1_962_337


def test_folding_batch_norm_changes_no_probability_by_more_than_1e_5(trained: keras.Model) -> None:
    images = np.random.default_rng(6).random((2, 64, 64, 1), np.float32)
    expected = np.asarray(trained.predict_on_batch(images))
    folded = np.asarray(fold_batch_norm(trained).predict_on_batch(images))
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(folded, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("size", [(16, 16), (32, 64)])
def test_the_network_takes_any_multiple_of_16_and_gives_probabilities_of_that_size(size: tuple[int, int]) -> None:
    probability = np.asarray(build_unet(batch_norm=False).predict_on_batch(np.zeros((3, *size, 1), np.float32)))
    assert probability.shape == (3, *size, 1)
    assert probability.min() >= 0
    assert probability.max() <= 1


def test_probabilities_are_float32_under_mixed_precision() -> None:
    assert build_unet(batch_norm=True, policy="mixed_bfloat16").output.dtype == "float32"
