"""Reads the graph of an ONNX file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from streamseg.errors import ModelError, UnplayableError
from streamseg.graphs.graph import Attribute, Graph, Node, Value

OWN_DOMAINS = ("", "ai.onnx")
KINDS = frozenset(getattr(onnx.AttributeProto, kind) for kind in ("FLOAT", "INT", "STRING", "FLOATS", "INTS"))


class _RefusedError(Exception):
    """The file holds something that is not read here; the text says what."""


def read_graph(path: Path) -> Graph:
    """Return the graph at ``path``. Constants that are nodes, or widened by one, are among its constants.

    Raises
    ------
    ModelError
        The file is no ONNX model, or cannot be read.
    UnplayableError
        It holds something that is not read here.
    """
    try:
        # By path, the checker parses the file too, and has one error for all that may be wrong with it.
        onnx.checker.check_model(str(path))
        model = onnx.load(path)
    except (OSError, onnx.checker.ValidationError) as err:
        reason, *_ = str(err).strip().splitlines()
        raise ModelError(f"{path} is no ONNX model: {reason}") from err
    return graph_of(model, path.name)


def graph_of(model: onnx.ModelProto, name: str) -> Graph:
    """Return the graph of the ``model`` called ``name``, as `read_graph` does.

    Raises
    ------
    UnplayableError
        It holds something that is not read here.
    """
    try:
        return _graph(model.graph)
    except _RefusedError as err:
        raise UnplayableError(f"{name} holds {err}, which is not read here; use backend onnx") from err


def _graph(graph: onnx.GraphProto) -> Graph:
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = []
    for proto in graph.node:
        constant = _constant(proto, constants)
        if constant is None:
            nodes.append(_node(proto))
        else:
            constants[proto.output[0]] = constant
    return Graph(
        tuple(nodes),
        constants,
        tuple(_value(value) for value in graph.input if value.name not in constants),
        tuple(_value(value) for value in graph.output),
    )


def _constant(proto: onnx.NodeProto, constants: dict[str, NDArray[Any]]) -> NDArray[Any] | None:
    """Return what a node gives if that is constant."""
    given = {attribute.name: helper.get_attribute_value(attribute) for attribute in proto.attribute}
    if proto.op_type == "Constant":
        if not isinstance(given.get("value"), onnx.TensorProto):
            raise _RefusedError("a constant that is no tensor")
        return numpy_helper.to_array(given["value"])
    if proto.op_type == "Cast" and proto.input[0] in constants:  # of kernels that are stored in 16 bits
        if given["to"] != onnx.TensorProto.FLOAT:
            raise _RefusedError(f"a Cast to type {given['to']}")
        return constants[proto.input[0]].astype(np.float32)
    return None


def _node(proto: onnx.NodeProto) -> Node:
    if proto.domain not in OWN_DOMAINS:
        raise _RefusedError(f"the operator {proto.domain}.{proto.op_type}")
    if len(proto.output) != 1:
        raise _RefusedError(f"{proto.op_type} with {len(proto.output)} outputs")
    attributes = {attribute.name: _attribute(attribute) for attribute in proto.attribute}
    return Node(proto.op_type, tuple(proto.input), proto.output[0], attributes)


def _attribute(attribute: onnx.AttributeProto) -> Attribute:
    if attribute.type not in KINDS:
        raise _RefusedError(f"an attribute {attribute.name!r} of type {attribute.type}")
    value: Any = helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    return value if isinstance(value, int | float) else tuple(value)


def _value(value: onnx.ValueInfoProto) -> Value:
    tensor = value.type.tensor_type
    sizes = (size.dim_value if size.HasField("dim_value") else None for size in tensor.shape.dim)
    return Value(value.name, helper.tensor_dtype_to_np_dtype(tensor.elem_type).name, tuple(sizes))
