"""Plays the graphs of bundled ONNX files with TensorFlow operations, so that the weights ship only once.

Just the operators of our own float32 networks are known; any other one is refused by name. Inside, pictures are NHWC:
TensorFlow's convolutions do not run on NCHW on every processor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tensorflow as tf
from numpy.typing import NDArray

from streamseg.errors import ModelError
from streamseg.graphs.graph import REPEATING
from streamseg.segmenters._shared import Port, first_line

TO_CHANNELS_LAST = [0, 2, 3, 1]
TO_CHANNELS_FIRST = [0, 3, 1, 2]


class RefusedError(Exception):
    """A node is not one that can be played; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor of the graph. Where ``is_channels_last``, the graph's own NCHW tensor is this one transposed."""

    tensor: Any
    is_channels_last: bool = False

    @property
    def channels_last(self) -> Any:
        """The tensor as NHWC."""
        return self.tensor if self.is_channels_last else tf.transpose(self.tensor, TO_CHANNELS_LAST)

    @property
    def plain(self) -> Any:
        """The tensor as the graph has it."""
        return tf.transpose(self.tensor, TO_CHANNELS_FIRST) if self.is_channels_last else self.tensor


Play = Callable[..., Value]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the graph, with the constants of the graph at hand."""

    operator: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    constants: Mapping[str, NDArray[Any]]

    @property
    def dynamic_inputs(self) -> tuple[str, ...]:
        """Names of the inputs that are not constant."""
        return tuple(name for name in self.inputs if name and name not in self.constants)

    def constant(self, position: int) -> NDArray[Any]:
        """Return the constant input at ``position``."""
        name = self.inputs[position] if position < len(self.inputs) else ""
        if name not in self.constants:
            raise RefusedError(f"{self.operator} without a constant input {position}")
        return self.constants[name]

    def require(self, **expected: Any) -> None:
        """Refuse attributes that say something else than ``expected``."""
        for name, value in expected.items():
            actual = self.attributes.get(name, value)
            if actual != value:
                raise RefusedError(f"{self.operator} with {name} {actual!r}")


class OnnxGraph:
    """A graph of ONNX with one input and one output, called with a TensorFlow tensor."""

    def __init__(self, path: Path) -> None:
        """Read the graph at ``path``.

        Raises
        ------
        ModelError
            The file is no ONNX model, or holds an operator that is not known here.
        """
        graph = _read(path).graph
        constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.inputs = [_port(value) for value in graph.input if value.name not in constants]
        self.outputs = [_port(value) for value in graph.output]
        self._steps: list[tuple[Play, tuple[str, ...], str]] = []
        try:
            for proto in graph.node:
                self._add(proto, constants)
        except RefusedError as err:
            raise ModelError(
                f"{path.name} holds the operator {err}, which this backend lacks; use backend onnx"
            ) from err

    def __call__(self, tensor: Any) -> Any:
        """Return what the graph gives for ``tensor``."""
        values = {self.inputs[0].name: Value(tensor)}
        for play, inputs, output in self._steps:
            values[output] = play(*(values[name] for name in inputs))
        return values[self.outputs[0].name].plain

    def _add(self, proto: onnx.NodeProto, constants: dict[str, NDArray[Any]]) -> None:
        attributes = {attribute.name: _plain(attribute) for attribute in proto.attribute}
        node = Node(proto.op_type, tuple(proto.input), attributes, constants)
        if proto.domain not in ("", "ai.onnx") or proto.op_type not in (*OPERATORS, "Constant", "Cast"):
            raise RefusedError(f"{proto.domain}{'.' if proto.domain else ''}{proto.op_type}")
        if len(proto.output) != 1:
            raise RefusedError(f"{proto.op_type} with {len(proto.output)} outputs")
        if proto.op_type == "Constant":
            constants[proto.output[0]] = np.asarray(next(iter(attributes.values())))
            return
        if proto.op_type == "Cast":  # of kernels that are stored in 16 bits
            node.require(to=onnx.TensorProto.FLOAT)
            constants[proto.output[0]] = node.constant(0).astype(np.float32)
            return
        self._steps.append((OPERATORS[proto.op_type](node), node.dynamic_inputs, proto.output[0]))


def _convolution(node: Node) -> Play:
    node.require(auto_pad="NOTSET", group=1)
    kernel = node.constant(1).transpose(2, 3, 1, 0)
    bias = node.constant(2) if len(node.inputs) > 2 else np.zeros(kernel.shape[3], np.float32)
    top, left, bottom, right = node.attributes.get("pads", (0, 0, 0, 0))
    padding = ((0, 0), (top, bottom), (left, right), (0, 0))
    strides = node.attributes.get("strides", (1, 1))
    dilations = node.attributes.get("dilations", (1, 1))

    def play(value: Value) -> Value:
        total = tf.nn.conv2d(value.channels_last, kernel, strides, padding, dilations=dilations)
        return Value(tf.nn.bias_add(total, bias), is_channels_last=True)

    return play


def _max_pool(node: Node) -> Play:
    node.require(auto_pad="NOTSET", ceil_mode=0, dilations=(1, 1), pads=(0, 0, 0, 0))
    window = node.attributes["kernel_shape"]
    strides = node.attributes.get("strides", (1, 1))
    return lambda value: Value(tf.nn.max_pool2d(value.channels_last, window, strides, "VALID"), is_channels_last=True)


def _resize(node: Node) -> Play:
    node.require(mode="nearest")
    coordinates = node.attributes.get("coordinate_transformation_mode", "half_pixel")
    rounding = node.attributes.get("nearest_mode", "round_prefer_floor")
    batch, channels, vertical, horizontal = (float(scale) for scale in node.constant(2))
    is_whole = vertical.is_integer() and horizontal.is_integer()
    if (coordinates, rounding) not in REPEATING or (batch, channels) != (1, 1) or not is_whole:
        raise RefusedError(
            f"Resize ({coordinates}, {rounding}) by ({batch:g}, {channels:g}, {vertical:g}, {horizontal:g})"
        )

    def play(value: Value) -> Value:
        picture = value.channels_last
        size = (picture.shape[1] * int(vertical), picture.shape[2] * int(horizontal))
        return Value(tf.image.resize(picture, size, "nearest"), is_channels_last=True)

    return play


def _concatenation(node: Node) -> Play:
    if len(node.dynamic_inputs) != len(node.inputs):
        raise RefusedError("Concat of constants")
    axis = node.attributes["axis"]

    def play(*values: Value) -> Value:
        if axis == 1 and all(value.is_channels_last for value in values):
            return Value(tf.concat([value.tensor for value in values], 3), is_channels_last=True)
        return Value(tf.concat([value.plain for value in values], axis))

    return play


def _addition(node: Node) -> Play:
    if len(node.dynamic_inputs) != len(node.inputs):
        raise RefusedError("Add of constants")

    def play(first: Value, second: Value) -> Value:
        if first.is_channels_last and second.is_channels_last:
            return Value(tf.add(first.tensor, second.tensor), is_channels_last=True)
        return Value(tf.add(first.plain, second.plain))

    return play


def _depth_to_space(node: Node) -> Play:
    node.require(mode="DCR")
    side = int(node.attributes["blocksize"])
    return lambda value: Value(tf.nn.depth_to_space(value.channels_last, side), is_channels_last=True)


def _transposition(node: Node) -> Play:
    order = list(node.attributes["perm"])

    def play(value: Value) -> Value:
        if order == TO_CHANNELS_LAST and value.is_channels_last:
            return Value(value.tensor)
        if order == TO_CHANNELS_FIRST and not value.is_channels_last:
            return Value(value.tensor, is_channels_last=True)
        return Value(tf.transpose(value.plain, order))

    return play


def _reshaping(node: Node) -> Play:
    node.require(allowzero=0)
    shape = [int(size) for size in node.constant(1)]

    def play(value: Value) -> Value:
        tensor = value.plain
        return Value(tf.reshape(tensor, [size or tensor.shape[axis] for axis, size in enumerate(shape)]))

    return play


def _pointwise(function: Callable[[Any], Any]) -> Callable[[Node], Play]:
    return lambda _: lambda value: Value(function(value.tensor), value.is_channels_last)


OPERATORS: Mapping[str, Callable[[Node], Play]] = {
    "Add": _addition,
    "Concat": _concatenation,
    "Conv": _convolution,
    "DepthToSpace": _depth_to_space,
    "Identity": _pointwise(tf.identity),
    "MaxPool": _max_pool,
    "Relu": _pointwise(tf.nn.relu),
    "Reshape": _reshaping,
    "Resize": _resize,
    "Sigmoid": _pointwise(tf.sigmoid),
    "Transpose": _transposition,
}


def _read(path: Path) -> onnx.ModelProto:
    try:
        # By path, the checker parses the file too, and has one error for all that may be wrong with it.
        onnx.checker.check_model(str(path))
        return onnx.load(path)
    except (OSError, onnx.checker.ValidationError) as err:
        raise ModelError(f"{path} is no ONNX model: {first_line(err)}") from err


def _plain(attribute: onnx.AttributeProto) -> Any:
    value = onnx.helper.get_attribute_value(attribute)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, onnx.TensorProto):
        return onnx.numpy_helper.to_array(value)
    return tuple(value) if isinstance(value, Sequence) else value


def _port(value: onnx.ValueInfoProto) -> Port:
    kind = value.type.tensor_type
    dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type).name
    sizes = (size.dim_value if size.HasField("dim_value") else None for size in kind.shape.dim)
    return Port(value.name, dtype, tuple(sizes))
