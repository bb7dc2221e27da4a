"""ONNX files: operators, attributes, constants and ports are those of the file, and what is not known is refused."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from streamseg.errors import ModelError, UnplayableError
from streamseg.graphs.graph import Value
from streamseg.graphs.onnx_file import graph_of, read_graph
from streamseg.model import bundled_models
from tests.support.tiny_models import onnx_model, onnx_unet

FILES = sorted(file for card in bundled_models().values() for file in card.parent.glob(f"{card.stem}*.onnx"))
SHAPE = [1, 4, 4, 1]


def _plain(attribute):
    value = helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    return tuple(value) if hasattr(value, "__len__") else value


def _parsed(nodes, constants=None):
    model = onnx_model(nodes, {"x": SHAPE}, {"y": SHAPE}, constants)
    return graph_of(model, "tiny.onnx")


@pytest.mark.parametrize("path", [*FILES, None], ids=lambda path: path.name if path else "tiny")
def test_nodes_attributes_and_constants_are_those_that_onnx_reads(path, tmp_path):
    if path is None:
        path = tmp_path / "tiny.onnx"
        onnx.save(onnx_unet(), path)
    graph, expected = read_graph(path), onnx.load(path).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in expected.initializer}
    widened = {node.output[0] for node in expected.node if node.op_type == "Cast"}
    nodes = [node for node in expected.node if node.output[0] not in widened]
    assert [(node.operator, node.inputs, node.output) for node in graph.nodes] == [
        (node.op_type, tuple(node.input), node.output[0]) for node in nodes
    ]
    for node, other in zip(graph.nodes, nodes, strict=True):
        assert node.attributes == {attribute.name: _plain(attribute) for attribute in other.attribute}
    assert graph.constants.keys() == constants.keys() | widened
    for name, value in constants.items():
        np.testing.assert_array_equal(graph.constants[name], value)
        assert graph.constants[name].dtype == value.dtype


def test_inputs_and_outputs_have_name_dtype_and_shape_with_none_where_it_is_free():
    node = helper.make_node("Relu", ["x"], ["y"])
    model = onnx_model([node], {"x": ["n", 4, 4, 1]}, {"y": [1, "h", "w", 1]}, dtype=TensorProto.DOUBLE)
    graph = graph_of(model, "tiny.onnx")
    assert graph.inputs == (Value("x", "float64", (None, 4, 4, 1)),)
    assert graph.outputs == (Value("y", "float64", (1, None, None, 1)),)


def test_constants_that_are_nodes_or_widened_by_one_are_constants():
    value = np.linspace(0, 1, 16, dtype=np.float16).reshape(SHAPE)
    nodes = [
        helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(value.astype(np.float32))),
        helper.make_node("Cast", ["half"], ["wide"], to=TensorProto.FLOAT),
        helper.make_node("Add", ["x", "c"], ["sum"]),
        helper.make_node("Add", ["sum", "wide"], ["y"]),
    ]
    graph = _parsed(nodes, {"half": value})
    assert [node.operator for node in graph.nodes] == ["Add", "Add"]
    for name in ("c", "wide"):
        np.testing.assert_array_equal(graph.constants[name], value.astype(np.float32))
        assert graph.constants[name].dtype == np.float32


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (helper.make_node("Gelu", ["x"], ["y"], domain="com.microsoft"), "com.microsoft.Gelu"),
        (helper.make_node("Dropout", ["x"], ["y", "kept"]), "Dropout with 2 outputs"),
        (helper.make_node("Constant", [], ["y"], value_float=1.0), "a constant that is no tensor"),
        (helper.make_node("Relu", ["x"], ["y"], words=["a", "b"]), "an attribute 'words'"),
    ],
)
def test_what_is_not_read_is_refused_by_name(node, told):
    graph = helper.make_graph([node], "tiny", [], [])
    with pytest.raises(UnplayableError, match=rf"tiny\.onnx holds .*{told}"):
        graph_of(helper.make_model(graph), "tiny.onnx")


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_a_file_cut_short_is_no_model(share, tmp_path):
    data = onnx_unet().SerializeToString()
    path = tmp_path / "cut.onnx"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ModelError, match=r"cut\.onnx is no ONNX model"):
        read_graph(path)


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    with pytest.raises(ModelError, match=r"gone\.onnx is no ONNX model"):
        read_graph(tmp_path / "gone.onnx")
