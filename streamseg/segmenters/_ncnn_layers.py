"""The operators of our float32 networks as layers of ncnn; any other one is refused by name.

The numbers of parameters are those of ncnn's ``docs/developer-guide/operators.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.graphs.graph import Graph, Node

STORED_AS_IT_IS = np.zeros(1, np.uint32).tobytes()
"""In front of a kernel: its numbers are not packed in any way."""
NO_ACTIVATION, RELU = 0, 1
VALID, NEAREST, ADD, BLOCK_BEFORE_CHANNEL = 1, 1, 0, 1
ACTIVATION = "activation"
"""An attribute of convolutions that ONNX does not have: the name of the operator that follows."""


class RefusedError(Exception):
    """A node is not one that can be written; the text says what it is."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of ncnn: its kind, its parameters by number, and its weights."""

    kind: str
    parameters: Mapping[int, int | float] = field(default_factory=dict)
    weights: bytes = b""


def layer_of(node: Node, graph: Graph) -> Layer:
    """Return the layer that does what ``node`` of ``graph`` does.

    Raises
    ------
    RefusedError
        There is none, or not with these attributes.
    """
    if node.operator not in LAYERS:
        raise RefusedError(f"the operator {node.operator}")
    return LAYERS[node.operator](node, graph)


def _convolution(node: Node, graph: Graph) -> Layer:
    kernel = _constant(node, graph, 1)
    if kernel.ndim != 4:
        raise RefusedError(f"{node.operator} with a kernel of {kernel.ndim} axes")
    _require(node, auto_pad="NOTSET", group=1, dilations=(1, 1), output_padding=(0, 0), kernel_shape=kernel.shape[2:])
    if node.operator == "ConvTranspose":
        kernel = kernel.swapaxes(0, 1)
    bias = _constant(node, graph, 2).astype(np.float32).tobytes() if len(node.inputs) > 2 else b""
    height, width = kernel.shape[2:]
    parameters = {0: len(kernel), 1: width, 11: height, 3: _one(node, "strides", 1), 4: _one(node, "pads", 0)}
    parameters |= {5: int(bool(bias)), 6: kernel.size, 9: RELU if ACTIVATION in node.attributes else NO_ACTIVATION}
    kind = {"Conv": "Convolution", "ConvTranspose": "Deconvolution"}[node.operator]
    return Layer(kind, parameters, STORED_AS_IT_IS + np.ascontiguousarray(kernel, np.float32).tobytes() + bias)


def _max_pool(node: Node, _: Graph) -> Layer:
    _require(node, auto_pad="NOTSET", ceil_mode=0, dilations=(1, 1), pads=(0, 0, 0, 0))
    return Layer("Pooling", {1: _one(node, "kernel_shape", 1), 2: _one(node, "strides", 1), 5: VALID})


def _resize(node: Node, graph: Graph) -> Layer:
    if not graph.is_doubling(node):
        raise RefusedError("a Resize that does not repeat every pixel twice")
    return Layer("Interp", {0: NEAREST, 1: 2.0, 2: 2.0})


def _concatenation(node: Node, graph: Graph) -> Layer:
    _require_pictures(node, graph)
    if node.attributes.get("axis") != 1:
        raise RefusedError(f"Concat along axis {node.attributes.get('axis')}")
    return Layer("Concat")


def _addition(node: Node, graph: Graph) -> Layer:
    _require_pictures(node, graph)
    return Layer("BinaryOp", {0: ADD})


def _depth_to_space(node: Node, _: Graph) -> Layer:
    _require(node, mode="DCR")
    return Layer("PixelShuffle", {0: _one(node, "blocksize", 1), 1: BLOCK_BEFORE_CHANNEL})


LAYERS: Mapping[str, Callable[[Node, Graph], Layer]] = {
    "Add": _addition,
    "Concat": _concatenation,
    "Conv": _convolution,
    "ConvTranspose": _convolution,
    "DepthToSpace": _depth_to_space,
    "MaxPool": _max_pool,
    "Relu": lambda _, __: Layer("ReLU"),
    "Resize": _resize,
    "Sigmoid": lambda _, __: Layer("Sigmoid"),
}


def _constant(node: Node, graph: Graph, position: int) -> NDArray[Any]:
    if node.inputs[position] not in graph.constants:
        raise RefusedError(f"{node.operator} without a constant input {position}")
    return graph.constants[node.inputs[position]]


def _require(node: Node, **expected: Any) -> None:
    """Refuse attributes that say something else than ``expected``."""
    for name, value in expected.items():
        actual = node.attributes.get(name, value)
        if actual != value:
            raise RefusedError(f"{node.operator} with {name} {actual!r}")


def _require_pictures(node: Node, graph: Graph) -> None:
    if any(name in graph.constants for name in node.inputs):
        raise RefusedError(f"{node.operator} of constants")


def _one(node: Node, name: str, default: int) -> int:
    """Return the number that an attribute gives for every axis."""
    given = node.attributes.get(name, default)
    numbers = set(given) if isinstance(given, tuple) else {given}
    if len(numbers) != 1 or not isinstance(number := numbers.pop(), int):
        raise RefusedError(f"{node.operator} with {name} {given!r}")
    return number
