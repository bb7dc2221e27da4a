"""The phase form: the same answers by fewer products."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from onnx import helper

from streamseg.model import bundled_models
from streamseg.model_card import read_card
from tests.support.tiny_models import SPEC, frame_tensor, onnx_model, onnx_unet
from training.errors import TrainingError
from training.export.phase_form import merged_kernel, phase_form

SMALL = arrays.arrays(np.float32, (3, 2, 3, 3), elements=st.floats(-1, 1, width=32))


def _named(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return ``model`` with a name for every node and the pads that exported files have."""
    for index, node in enumerate(model.graph.node):
        node.name = node.name or f"node{index}"
    return model


def _run(model: onnx.ModelProto, tensor: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (output,) = session.run(None, {session.get_inputs()[0].name: tensor})
    return output


def _products(model: onnx.ModelProto) -> int:
    """Return the multiplications of all convolutions of ``model`` for one picture."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    sizes = {value.name: [size.dim_value for size in value.type.tensor_type.shape.dim] for value in graph.value_info}
    kernels = {tensor.name: tensor.dims for tensor in graph.initializer}
    total = 0
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose"):
            places = sizes[node.output[0] if node.op_type == "Conv" else node.input[0]]
            total += int(np.prod(kernels[node.input[1]])) * places[2] * places[3]
    return total


@given(kernel=SMALL, picture=arrays.arrays(np.float32, (2, 5, 4), elements=st.floats(-1, 1, width=32)))
def test_the_merged_kernel_does_what_doubling_and_the_kernel_do(kernel, picture):
    doubled = np.pad(picture.repeat(2, 1).repeat(2, 2), ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(doubled, (3, 3), (1, 2))
    expected = np.einsum("ihwkl,oikl->ohw", windows, kernel)
    whole = np.zeros((3, 2 * 5 + 2, 2 * 4 + 2))
    for row, column in np.ndindex(5, 4):
        whole[:, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4] += np.einsum(
            "i,iotu->otu", picture[:, row, column], merged_kernel(kernel)
        )
    np.testing.assert_allclose(whole[:, 1:-1, 1:-1], expected, atol=1e-5)


def test_a_small_network_answers_the_same():
    model = _named(onnx_unet((4, 8, 16)))
    for node in model.graph.node:
        if node.op_type == "Conv" and node.name != "head":
            node.name = node.output[0]
    rewritten = phase_form(model)
    assert [node.op_type for node in rewritten.graph.node].count("ConvTranspose") == 2
    assert not {"Resize", "Concat"} & {node.op_type for node in rewritten.graph.node}
    np.testing.assert_allclose(_run(rewritten, frame_tensor(SPEC)), _run(model, frame_tensor(SPEC)), atol=1e-5)


def test_the_study_s_network_answers_the_same_to_a_hundred_thousandth_by_a_fifth_fewer_products():
    path = bundled_models()["us-fetal-head"].with_suffix(".onnx")
    model = onnx.load(path)
    rewritten = phase_form(model)
    tensor = np.random.default_rng(0).random((1, 256, 256, 1), np.float32)
    np.testing.assert_allclose(_run(rewritten, tensor), _run(model, tensor), rtol=0, atol=1e-5)
    assert 0.78 < _products(rewritten) / _products(model) < 0.82


def test_the_same_file_gives_the_same_phase_form():
    model = _named(onnx_unet())
    assert phase_form(model).SerializeToString() == phase_form(model).SerializeToString()


def test_a_network_without_such_a_place_is_refused():
    node = helper.make_node("Sigmoid", ["x"], ["y"], name="only")
    model = onnx_model([node], {"x": [1, 32, 32, 1]}, {"y": [1, 32, 32, 1]})
    with pytest.raises(TrainingError, match="no phase form"):
        phase_form(model)


@pytest.mark.parametrize("name", sorted(bundled_models()))
def test_every_bundled_phase_file_is_that_of_its_float32_file(name):
    card_file = bundled_models()[name]
    for weights in read_card(card_file).weights:
        if weights.derived_from is not None and weights.precision == "float32":
            made = phase_form(onnx.load(card_file.with_name(weights.derived_from))).SerializeToString()
            assert made == card_file.with_name(weights.file).read_bytes()
