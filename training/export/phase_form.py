"""Up-sampling and the convolution after it as one operation, exactly: the phase form.

Repeating every pixel twice and then convolving with 3x3 multiplies the same pixel with several weights. Added up
beforehand, they are a transposed convolution with a kernel of 4x4 and a stride of 2, whose four phases each need 2x2
products instead of 3x3: 2.25 times fewer. Where the decoder joins the up-sampled channels with those of the encoder,
the convolution is first split into one for each of the two, which are then added.

References
----------
Shi et al. 2016, "Is the deconvolution layer the same as a convolutional layer?", arXiv 1609.07009.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from training.errors import TrainingError

# Row: tap of the 4-wide kernel; column: tap of the 3-wide one. Tap t meets the pixel that 3-wide tap k does, repeated
# as the first or second of two, where t + k is 2 or 3.
SUMS = np.array([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]], np.float64)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture is doubled, joined to another one and convolved."""

    double: onnx.NodeProto
    join: onnx.NodeProto
    convolution: onnx.NodeProto


def phase_form(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return ``model`` with every doubling that is joined and convolved in phase form; its answers are the same.

    Raises
    ------
    TrainingError
        There is none.
    """
    graph = onnx.shape_inference.infer_shapes(model).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    places = list(_places(graph, constants))
    if not places:
        raise TrainingError("the network has no up-sampling that is joined and convolved; it has no phase form")
    channels = {value.name: value.type.tensor_type.shape.dim[1].dim_value for value in graph.value_info}
    instead: dict[str, list[onnx.NodeProto]] = {}
    for place in places:
        instead |= {place.double.name: [], place.join.name: []}
        instead[place.convolution.name] = _rewritten(place, channels[place.join.input[0]], constants)
    nodes = [new for node in graph.node for new in instead.get(node.name, [node])]
    return _model(model, nodes, constants)


def merged_kernel(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the kernel (in, out, 4, 4), stride 2, that does at once what ``kernel`` (out, in, 3, 3) does doubled."""
    return np.asarray(np.einsum("tk,ul,oikl->iotu", SUMS, SUMS, kernel.astype(np.float64)), np.float32)


def _places(graph: onnx.GraphProto, constants: Mapping[str, NDArray[Any]]) -> Iterator[_Place]:
    makers = {output: node for node in graph.node for output in node.output}
    uses = Counter(name for node in graph.node for name in node.input)
    for convolution in graph.node:
        join = makers.get(convolution.input[0]) if _is_same_size(convolution) else None
        if join is None or join.op_type != "Concat" or len(join.input) != 2 or uses[join.output[0]] != 1:
            continue
        double = makers.get(join.input[0])
        if double is not None and uses[double.output[0]] == 1 and _is_doubling(double, constants):
            yield _Place(double, join, convolution)


def _is_doubling(node: onnx.NodeProto, constants: Mapping[str, NDArray[Any]]) -> bool:
    """Whether every pixel is repeated twice in each direction."""
    if node.op_type != "Resize" or _attributes(node).get("mode") != b"nearest":
        return False
    scales = constants.get(node.input[2])
    return scales is not None and scales.tolist() == [1, 1, 2, 2]


def _is_same_size(node: onnx.NodeProto) -> bool:
    """Whether this is a 3x3 convolution that keeps the size."""
    attributes = _attributes(node)
    return node.op_type == "Conv" and attributes.get("kernel_shape") == [3, 3] and attributes.get("pads") == [1] * 4


def _rewritten(place: _Place, doubled: int, constants: dict[str, NDArray[Any]]) -> list[onnx.NodeProto]:
    """Return the nodes of ``place``, whose first ``doubled`` channels are doubled; their constants are added."""
    name, (_, kernel_name, *bias) = place.convolution.name, place.convolution.input
    kernel = constants[kernel_name]
    constants[f"{name}_up_kernel"] = merged_kernel(kernel[:, :doubled])
    constants[f"{name}_skip_kernel"] = np.ascontiguousarray(kernel[:, doubled:])
    up, skip = f"{name}_up", f"{name}_skip"
    return [
        helper.make_node(
            "ConvTranspose",
            [place.double.input[0], f"{up}_kernel"],
            [up],
            name=up,
            kernel_shape=[4, 4],
            strides=[2, 2],
            pads=[1] * 4,
        ),
        helper.make_node(
            "Conv", [place.join.input[1], f"{skip}_kernel", *bias], [skip], name=skip, kernel_shape=[3, 3], pads=[1] * 4
        ),
        helper.make_node("Add", [up, skip], list(place.convolution.output), name=f"{name}_sum"),
    ]


def _model(
    model: onnx.ModelProto, nodes: list[onnx.NodeProto], constants: Mapping[str, NDArray[Any]]
) -> onnx.ModelProto:
    used = {name for node in nodes for name in node.input}
    graph = helper.make_graph(
        nodes,
        f"{model.graph.name}_phase",
        model.graph.input,
        model.graph.output,
        [numpy_helper.from_array(value, name) for name, value in constants.items() if name in used],
    )
    made = helper.make_model(graph, opset_imports=model.opset_import, producer_name=model.producer_name)
    made.ir_version = model.ir_version
    onnx.checker.check_model(made, full_check=True)
    return made


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
