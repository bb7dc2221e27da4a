"""How much work a network is, whatever the machine."""

from __future__ import annotations

import math

import onnx

KERNEL = 1
"""The input of a convolution, also of one in 8 bits as quantisation writes it, that is its kernel."""


def count_multiplications(model: onnx.ModelProto) -> int:
    """Return the multiplications of one picture in the convolutions of ``model``, a graph of fixed size.

    A convolution applies its whole kernel at each place of its output, a transposed one at each of its input.
    """
    graph = onnx.shape_inference.infer_shapes(model).graph
    shapes = {value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim] for value in graph.value_info}
    shapes |= {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    total = 0
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose"):
            places = shapes[node.output[0] if node.op_type == "Conv" else node.input[0]][2:]
            total += math.prod(shapes[node.input[KERNEL]]) * math.prod(places)
    return total
