"""Kernels that 16 bits hold exactly lose nothing in them, and others are left as they are."""

from __future__ import annotations

import keras
import numpy as np
import onnx
import pytest
from onnx import TensorProto

from training.config import TrainingConfig
from training.export.half import read_wide
from training.export.onnx_files import OnnxModel
from training.export.onnx_graph import unet_graph
from training.folding import kernels_of
from training.networks import finished_network, trained_network

SIZE = 32


def graph_of(weight_bits: int) -> tuple[keras.Model, onnx.ModelProto]:
    """Return a network with the same weights whatever the bits that they are finished with, and its graph."""
    keras.utils.set_random_seed(3)
    recipe = {"modality": "US", "weight_bits": weight_bits, "stage": [{"size": SIZE, "epochs": 1}]}
    config = TrainingConfig.model_validate(recipe)
    network = finished_network(config, trained_network(config))
    return network, unet_graph(kernels_of(network), SIZE)


@pytest.fixture(scope="module")
def rounded() -> tuple[keras.Model, onnx.ModelProto]:
    """Return a network that is finished with 16 bits, and its graph."""
    return graph_of(16)


def kernel_types(graph: onnx.ModelProto) -> set[int]:
    return {tensor.data_type for tensor in graph.graph.initializer if len(tensor.dims) == 4}


def test_rounded_kernels_are_stored_in_16_bits_and_take_half_the_room(rounded) -> None:
    _, wide = graph_of(32)
    assert kernel_types(rounded[1]) == {TensorProto.FLOAT16}
    assert kernel_types(wide) == {TensorProto.FLOAT}
    assert rounded[1].ByteSize() < 0.51 * wide.ByteSize()


def test_what_is_read_back_is_the_network_bit_by_bit(rounded, tmp_path) -> None:
    network, graph = rounded
    file = tmp_path / "network.onnx"
    file.write_bytes(graph.SerializeToString())
    read = read_wide(file)
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in read.graph.initializer}
    for name, (kernel, bias) in kernels_of(network).items():
        np.testing.assert_array_equal(constants[f"{name}_kernel"], kernel.transpose(3, 2, 0, 1))
        np.testing.assert_array_equal(constants[f"{name}_bias"], bias)
    assert "Cast" not in {node.op_type for node in read.graph.node}

    widened = tmp_path / "wide.onnx"
    widened.write_bytes(read.SerializeToString())
    image = np.random.default_rng(4).random((1, SIZE, SIZE, 1), np.float32)
    np.testing.assert_array_equal(OnnxModel(file).infer(image), OnnxModel(widened).infer(image))


def test_rounding_changes_kernels_by_a_two_thousandth_at_most(rounded) -> None:
    exact, _ = graph_of(32)
    for (kernel, _), (narrow, _) in zip(kernels_of(exact).values(), kernels_of(rounded[0]).values(), strict=True):
        large = np.abs(kernel) > 1e-4
        np.testing.assert_allclose(narrow[large], kernel[large], rtol=2**-11)
