"""The fast network keeps size and precision, and what training adds to it leaves without a trace."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.config import FastConfig
from training.export.multiplications import count_multiplications
from training.export.onnx_graph import unet_graph
from training.fast import build_fast
from training.folding import kernels_of, load_trained
from training.unet import study_unet

SMALL = FastConfig(patch=4, filters=(8, 16, 24), convolutions=1)
SHAPES = [SMALL, FastConfig(patch=2, filters=(8, 8), convolutions=2), FastConfig(patch=8, filters=(16,))]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_network_takes_any_multiple_that_its_shape_says_and_gives_probabilities_of_that_size(
    shape: FastConfig,
) -> None:
    pictures = np.random.default_rng(1).random((2, shape.multiple, 2 * shape.multiple, 1), np.float32)
    probability = np.asarray(build_fast(shape, batch_norm=False).predict_on_batch(pictures))
    assert probability.shape == pictures.shape
    assert 0 <= probability.min() < probability.max() <= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_folding_batch_norm_changes_no_probability_by_more_than_1e_5(shape: FastConfig) -> None:
    keras.utils.set_random_seed(5)
    trained = build_fast(shape, batch_norm=True)
    rng = np.random.default_rng(5)
    for norm in (layer for layer in trained.layers if isinstance(layer, keras.layers.BatchNormalization)):
        size = norm.get_weights()[0].shape
        norm.set_weights([rng.uniform(*limits, size) for limits in ((0.5, 1.5), (-0.5, 0.5), (-0.5, 0.5), (0.5, 2))])
    images = rng.random((2, shape.multiple, shape.multiple, 1), np.float32)
    expected = np.asarray(trained.predict_on_batch(images))
    plain = build_fast(shape, batch_norm=False)
    load_trained(plain, trained)
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(np.asarray(plain.predict_on_batch(images)), expected, rtol=0, atol=1e-5)


def test_at_256_pixels_it_takes_93_million_multiplications_where_the_studys_takes_3480() -> None:
    networks = build_fast(FastConfig(), batch_norm=False), study_unet()
    fast, study = (count_multiplications(unet_graph(kernels_of(network), 256)) for network in networks)
    assert (round(fast / 1e6), round(study / 1e7)) == (93, 348)


def test_probabilities_are_float32_under_mixed_precision() -> None:
    (output,) = build_fast(SMALL, batch_norm=True, policy="mixed_bfloat16").outputs
    assert output.dtype == "float32"
