"""The Core ML package holds the whole network, and takes and gives what the ONNX file does."""

from __future__ import annotations

import platform
from pathlib import Path

import keras
import numpy as np
import pytest

from training.folding import kernels_of
from training.unet import build_unet

coremltools = pytest.importorskip("coremltools", reason="the extra coreml is not installed")

# coremltools leaves a temporary folder to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:Implicitly cleaning up:ResourceWarning")

SIZE = 32


@pytest.fixture(scope="module")
def network() -> keras.Model:
    """Return a network with random weights."""
    keras.utils.set_random_seed(8)
    return build_unet(batch_norm=False)


def test_the_package_has_the_interface_and_all_weights(network: keras.Model, tmp_path: Path) -> None:
    from training.export.core_ml import write_core_ml

    form = write_core_ml(kernels_of(network), SIZE, tmp_path, name="tiny")
    spec = coremltools.models.MLModel(str(form.path), skip_model_load=True).get_spec()
    for port, name in ((spec.description.input, "input"), (spec.description.output, "probability")):
        assert [each.name for each in port] == [name]
        assert list(port[0].type.multiArrayType.shape) == [1, SIZE, SIZE, 1]
    weights = next(form.path.rglob("weight.bin")).stat().st_size
    assert 4 * network.count_params() * 0.99 < weights < 4 * network.count_params() * 1.01
    (block,) = spec.mlProgram.functions["main"].block_specializations.values()
    operators = [each.type for each in block.operations]
    assert operators.count("conv") == 19
    assert operators.count("max_pool") == operators.count("upsample_nearest_neighbor") == 4
    assert "cast" not in operators  # float32 throughout


@pytest.mark.skipif(platform.system() != "Darwin", reason="only Apple's systems run Core ML")
def test_it_answers_as_keras_does(network: keras.Model, tmp_path: Path) -> None:
    from training.export.core_ml import write_core_ml

    form = write_core_ml(kernels_of(network), SIZE, tmp_path, name="tiny")
    assert form.open is not None
    image = np.random.default_rng(9).random((1, SIZE, SIZE, 1), np.float32)
    expected = np.asarray(network.predict_on_batch(image))[..., 0]
    np.testing.assert_allclose(form.open()(image), expected, rtol=0, atol=1e-4)
