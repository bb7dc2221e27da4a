"""The ONNX graph written by hand is the Keras network."""

from __future__ import annotations

import keras
import numpy as np
import onnx
import pytest

from training.config import TrainingConfig
from training.export.onnx_files import OnnxModel
from training.export.onnx_graph import unet_graph
from training.folding import kernels_of
from training.networks import plain_network

SIZE = 64


OPERATORS = {
    "unet": {"Reshape", "Conv", "Relu", "MaxPool", "Resize", "Concat", "Sigmoid"},
    "fast": {"Reshape", "Conv", "Relu", "MaxPool", "Resize", "Add", "DepthToSpace", "Sigmoid"},
}


@pytest.fixture(scope="module", params=sorted(OPERATORS))
def kind(request: pytest.FixtureRequest) -> str:
    """Return the name of each network that a recipe may ask for."""
    return request.param


@pytest.fixture(scope="module")
def network(kind: str) -> keras.Model:
    """Return a network with weights that make it answer differently from pixel to pixel."""
    keras.utils.set_random_seed(8)
    stage = {"size": SIZE, "epochs": 1}
    return plain_network(TrainingConfig.model_validate({"modality": "US", "network": kind, "stage": [stage]}))


@pytest.fixture(scope="module")
def graph(network: keras.Model) -> onnx.ModelProto:
    """Return its graph."""
    return unet_graph(kernels_of(network), SIZE)


def test_onnx_runtime_and_keras_agree_to_1e_4(network: keras.Model, graph: onnx.ModelProto, tmp_path) -> None:
    file = tmp_path / "network.onnx"
    file.write_bytes(graph.SerializeToString())
    image = np.random.default_rng(9).random((1, SIZE, SIZE, 1), np.float32)
    expected = np.asarray(network.predict_on_batch(image))[0, :, :, 0]
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(OnnxModel(file).infer(image), expected, rtol=0, atol=1e-4)


def test_tensors_outside_are_nhwc_and_named_as_agreed(graph: onnx.ModelProto) -> None:
    (given,), (result,) = graph.graph.input, graph.graph.output
    shapes = [[axis.dim_value for axis in tensor.type.tensor_type.shape.dim] for tensor in (given, result)]
    assert (given.name, result.name) == ("input", "probability")
    assert shapes == [[1, SIZE, SIZE, 1]] * 2


def test_the_file_is_below_8_mb_and_holds_no_transpose(graph: onnx.ModelProto, kind: str) -> None:
    assert graph.ByteSize() < 8_000_000
    assert {node.op_type for node in graph.graph.node} == OPERATORS[kind]


def test_older_runtimes_can_read_it(graph: onnx.ModelProto) -> None:
    assert graph.opset_import[0].version <= 21
    assert graph.ir_version <= 10


def test_the_dynamic_graph_takes_any_number_of_pictures(network: keras.Model, tmp_path) -> None:
    file = tmp_path / "dynamic.onnx"
    file.write_bytes(unet_graph(kernels_of(network), SIZE, batch=None).SerializeToString())
    images = np.random.default_rng(9).random((3, SIZE, SIZE, 1), np.float32)
    expected = np.asarray(network.predict_on_batch(images))[..., 0]
    np.testing.assert_allclose(OnnxModel(file).infer_all(images), expected, rtol=0, atol=1e-4)
    np.testing.assert_allclose(OnnxModel(file).infer_all(images[:1]), expected[:1], rtol=0, atol=1e-4)
