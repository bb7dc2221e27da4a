"""The network is the study's, and what training adds to it leaves without a trace."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.folding import load_trained
from training.unet import PARAMETER_COUNT, build_unet, convolution_names, study_unet


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(6).random((2, 64, 64, 1), np.float32)


def with_statistics(model: keras.Model) -> keras.Model:
    """Give ``model`` statistics as after training, not as at the start."""
    rng = np.random.default_rng(5)
    for name in convolution_names():
        norm = model.get_layer(f"{name}_norm")
        shape = norm.get_weights()[0].shape
        norm.set_weights([rng.uniform(*limits, shape) for limits in ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 2))])
    return model


def test_the_network_that_ships_has_exactly_the_studys_parameters() -> None:
    assert study_unet().count_params() == PARAMETER_COUNT == 1_962_337


@pytest.mark.parametrize("deep_supervision", [False, True])
def test_folding_batch_norm_changes_no_probability_by_more_than_1e_5(
    images: np.ndarray, deep_supervision: bool
) -> None:
    keras.utils.set_random_seed(5)
    trained = with_statistics(build_unet(batch_norm=True, deep_supervision=deep_supervision))
    expected = trained.predict_on_batch(images)
    expected = np.asarray(expected[0] if deep_supervision else expected)
    plain = study_unet()
    load_trained(plain, trained)
    assert plain.count_params() == PARAMETER_COUNT
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(np.asarray(plain.predict_on_batch(images)), expected, rtol=0, atol=1e-5)


def test_a_network_trained_without_batch_norm_ships_as_it_is(images: np.ndarray) -> None:
    trained = build_unet(batch_norm=False)
    expected = np.asarray(trained.predict_on_batch(images))
    plain = study_unet()
    load_trained(plain, trained)
    np.testing.assert_array_equal(np.asarray(plain.predict_on_batch(images)), expected)


def test_deep_supervision_adds_outputs_at_a_half_a_quarter_and_an_eighth() -> None:
    model = build_unet(batch_norm=True, deep_supervision=True)
    outputs = model.predict_on_batch(np.zeros((1, 64, 32, 1), np.float32))
    assert [np.asarray(output).shape for output in outputs] == [(1, 64 // n, 32 // n, 1) for n in (1, 2, 4, 8)]


def test_the_order_of_weights_in_the_files_of_earlier_runs_is_kept() -> None:
    weights = build_unet(batch_norm=True).weights
    assert len(weights) == 18 * 5 + 2
    first, last = weights[:5], weights[-2:]
    assert [weight.path.split("/")[-1] for weight in first] == [
        "kernel",
        "gamma",
        "beta",
        "moving_mean",
        "moving_variance",
    ]
    assert [tuple(weight.shape) for weight in (*first, *last)] == [(3, 3, 1, 16), *[(16,)] * 4, (1, 1, 16, 1), (1,)]


@pytest.mark.parametrize("size", [(16, 16), (32, 64)])
def test_the_network_takes_any_multiple_of_16_and_gives_probabilities_of_that_size(size: tuple[int, int]) -> None:
    probability = np.asarray(build_unet(batch_norm=False).predict_on_batch(np.zeros((3, *size, 1), np.float32)))
    assert probability.shape == (3, *size, 1)
    assert probability.min() >= 0
    assert probability.max() <= 1


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_probabilities_are_float32_under_mixed_precision(policy: str) -> None:
    model = build_unet(batch_norm=True, deep_supervision=True, policy=policy)
    assert {output.dtype for output in model.outputs} == {"float32"}
