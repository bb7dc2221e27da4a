"""Each operator of our networks gives in TensorFlow what it gives in ONNX's own reference runtime."""

import re

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from streamseg.errors import ModelError
from tests.support.tiny_models import onnx_model

pytest.importorskip("tensorflow", reason="needs pip install 'streamseg[tensorflow]'")

INPUT = [1, 3, 8, 12]


def _graph(tmp_path, model):
    from streamseg.segmenters._onnx_to_tensorflow import OnnxGraph

    path = tmp_path / "graph.onnx"
    onnx.save(model, path)
    return OnnxGraph(path)


def _random(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def _node(operator, *constants, **attributes):
    names = [f"c{position}" if value is not None else "" for position, value in enumerate(constants)]
    tensors = {name: value for name, value in zip(names, constants, strict=True) if name}
    return [helper.make_node(operator, ["x", *names], ["y"], **attributes)], tensors


CASES = {
    "Conv": _node("Conv", _random(5, 3, 3, 3), _random(5), pads=[1, 1, 1, 1]),
    "Conv without bias": _node("Conv", _random(5, 3, 1, 1)),
    "Conv with uneven padding and strides": _node("Conv", _random(2, 3, 3, 3), pads=[0, 1, 2, 1], strides=[1, 2]),
    "Conv with holes": _node("Conv", _random(2, 3, 3, 3), pads=[2, 2, 2, 2], dilations=[2, 2]),
    "MaxPool": _node("MaxPool", kernel_shape=[2, 2], strides=[2, 2]),
    "MaxPool with overlap": _node("MaxPool", kernel_shape=[3, 2]),
    "Relu": _node("Relu"),
    "Sigmoid": _node("Sigmoid"),
    "Identity": _node("Identity"),
    "Transpose to channels last": _node("Transpose", perm=[0, 2, 3, 1]),
    "Transpose to channels first": _node("Transpose", perm=[0, 3, 1, 2]),
    "Transpose otherwise": _node("Transpose", perm=[2, 0, 1, 3]),
    "Reshape": _node("Reshape", np.array([1, 8, -1, 2], np.int64)),
    "Reshape that keeps dimensions": _node("Reshape", np.array([0, -1, 0], np.int64)),
    "Resize by floor": _node(
        "Resize",
        None,
        np.array([1, 1, 2, 3], np.float32),
        mode="nearest",
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    ),
    "Resize by rounding": _node("Resize", None, np.array([1, 1, 2, 2], np.float32), mode="nearest"),
    "Add": ([helper.make_node("Add", ["x", "x"], ["y"])], {}),
    "Concat of channels": ([helper.make_node("Concat", ["x", "x"], ["y"], axis=1)], {}),
    "Concat of rows": ([helper.make_node("Concat", ["x", "x"], ["y"], axis=2)], {}),
}


@pytest.mark.parametrize("is_inside", [False, True], ids=["alone", "between convolutions"])
@pytest.mark.parametrize("case", CASES)
def test_an_operator_agrees_with_the_reference(tmp_path, case, is_inside):
    """Between convolutions its input is channels-last in TensorFlow, which it must know or undo."""
    (node,), constants = CASES[case]
    nodes = [node]
    if is_inside:
        before = helper.make_node("Conv", ["x", "before"], ["inner"])
        inner = onnx.NodeProto()
        inner.CopyFrom(node)
        for position, name in enumerate(node.input):
            if name == "x":
                inner.input[position] = "inner"
        nodes = [before, inner]
        constants = {**constants, "before": _random(3, 3, 1, 1)}
    model = onnx_model(nodes, {"x": INPUT}, {"y": [None] * _rank(case)}, constants)
    tensor = _random(*INPUT)
    (expected,) = ReferenceEvaluator(model).run(None, {"x": tensor})
    actual = _graph(tmp_path, model)(tensor).numpy()
    assert actual.shape == expected.shape
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def _rank(case):
    return 3 if case == "Reshape that keeps dimensions" else 4


def test_channels_are_spread_over_squares_of_pixels_as_the_reference_does(tmp_path):
    nodes = [
        helper.make_node("Conv", ["x", "kernel"], ["deep"]),
        helper.make_node("DepthToSpace", ["deep"], ["y"], blocksize=2),
    ]
    model = onnx_model(nodes, {"x": INPUT}, {"y": [1, 2, 16, 24]}, {"kernel": _random(8, 3, 1, 1)})
    tensor = _random(*INPUT)
    (expected,) = ReferenceEvaluator(model).run(None, {"x": tensor})
    np.testing.assert_allclose(_graph(tmp_path, model)(tensor).numpy(), expected, atol=1e-5)


def test_constants_may_be_nodes(tmp_path):
    nodes = [
        helper.make_node("Constant", [], ["shape"], value=onnx.numpy_helper.from_array(np.array([3, 96], np.int64))),
        helper.make_node("Reshape", ["x", "shape"], ["y"]),
    ]
    graph = _graph(tmp_path, onnx_model(nodes, {"x": INPUT}, {"y": [3, 96]}))
    tensor = _random(*INPUT)
    np.testing.assert_array_equal(graph(tensor).numpy(), tensor.reshape(3, 96))


def test_kernels_may_be_stored_in_16_bits(tmp_path):
    nodes = [
        helper.make_node("Cast", ["half"], ["kernel"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Conv", ["x", "kernel"], ["y"]),
    ]
    model = onnx_model(nodes, {"x": INPUT}, {"y": [1, 2, 6, 10]}, {"half": _random(2, 3, 3, 3).astype(np.float16)})
    tensor = _random(*INPUT)
    (expected,) = ReferenceEvaluator(model).run(None, {"x": tensor})
    np.testing.assert_allclose(_graph(tmp_path, model)(tensor).numpy(), expected, atol=1e-5)


def test_the_ports_are_those_of_the_graph_with_free_dimensions(tmp_path):
    graph = _graph(tmp_path, onnx_model([helper.make_node("Relu", ["x"], ["y"])], {"x": ["n", 4]}, {"y": ["n", 4]}))
    assert [(port.name, port.dtype, port.shape) for port in graph.inputs] == [("x", "float32", (None, 4))]
    assert [(port.name, port.dtype, port.shape) for port in graph.outputs] == [("y", "float32", (None, 4))]


@pytest.mark.parametrize(
    ("case", "fault"),
    [
        (_node("Tanh"), "Tanh"),
        (_node("Add", _random(3, 1, 1)), "Add of constants"),
        (_node("DepthToSpace", blocksize=1, mode="CRD"), "DepthToSpace with mode 'CRD'"),
        (_node("Conv", _random(3, 1, 3, 3), group=3), "Conv with group 3"),
        (_node("Conv", _random(3, 3, 3, 3), auto_pad="SAME_UPPER"), "Conv with auto_pad 'SAME_UPPER'"),
        (_node("MaxPool", kernel_shape=[2, 2], ceil_mode=1), "MaxPool with ceil_mode 1"),
        (_node("MaxPool", kernel_shape=[2, 2], pads=[1, 1, 1, 1]), "MaxPool with pads (1, 1, 1, 1)"),
        (_node("Resize", None, np.array([1, 1, 2, 2], np.float32), mode="linear"), "Resize with mode 'linear'"),
        (
            _node("Resize", None, np.array([1, 1, 1.5, 2], np.float32), mode="nearest"),
            "Resize (half_pixel, round_prefer_floor) by (1, 1, 1.5, 2)",
        ),
        (
            _node("Resize", None, np.array([1, 1, 2, 2], np.float32), mode="nearest", nearest_mode="floor"),
            "Resize (half_pixel, floor)",
        ),
        (
            _node("Resize", None, None, np.array([1, 3, 16, 24], np.int64), mode="nearest"),
            "Resize without a constant input 2",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_known_is_refused_by_operator_and_attribute(tmp_path, case, fault):
    nodes, constants = case
    model = onnx_model(nodes, {"x": INPUT}, {"y": [None] * 4}, constants)
    with pytest.raises(ModelError, match=re.escape(f"graph.onnx holds the operator {fault}")):
        _graph(tmp_path, model)
