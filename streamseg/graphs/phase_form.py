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

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from streamseg.graphs.graph import Graph, Node

# Row: tap of the 4-wide kernel; column: tap of the 3-wide one. Tap t meets the pixel that 3-wide tap k does, repeated
# as the first or second of two, where t + k is 2 or 3.
SUMS = np.array([[0, 0, 1], [0, 1, 1], [1, 1, 0], [1, 0, 0]], np.float64)
SAME_SIZE = {"kernel_shape": (3, 3), "pads": (1, 1, 1, 1)}
PLAIN = {"auto_pad": "NOTSET", "dilations": (1, 1), "group": 1, "strides": (1, 1)}
KEEP_CHANNELS = ("MaxPool", "Relu", "Resize")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture of so many channels is doubled, joined to another one and convolved."""

    double: Node
    join: Node
    convolution: Node
    channels: int


def phase_form(graph: Graph) -> Graph:
    """Return ``graph`` with every doubling that is joined and convolved in phase form; its answers are the same.

    Where there is none, it is ``graph`` itself.
    """
    places = list(_places(graph))
    if not places:
        return graph
    constants = dict(graph.constants)
    instead: dict[str, list[Node]] = {}
    for place in places:
        kernel = np.asarray(graph.constants[place.convolution.inputs[1]], np.float32)
        name = place.convolution.output
        constants[f"{name}_up_kernel"] = merged_kernel(kernel[:, : place.channels])
        constants[f"{name}_skip_kernel"] = np.ascontiguousarray(kernel[:, place.channels :])
        instead |= {place.double.output: [], place.join.output: [], name: _rewritten(place)}
    nodes = tuple(new for node in graph.nodes for new in instead.get(node.output, [node]))
    used = {name for node in nodes for name in node.inputs}
    return replace(graph, nodes=nodes, constants={name: constants[name] for name in constants if name in used})


def merged_kernel(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the kernel (in, out, 4, 4), stride 2, that does at once what ``kernel`` (out, in, 3, 3) does doubled."""
    return np.asarray(np.einsum("tk,ul,oikl->iotu", SUMS, SUMS, kernel.astype(np.float64)), np.float32)


def _places(graph: Graph) -> Iterator[_Place]:
    makers, uses = graph.makers(), graph.uses()
    for convolution in graph.nodes:
        join = makers.get(convolution.inputs[0]) if _is_same_size(convolution) else None
        if join is None or join.operator != "Concat" or len(join.inputs) != 2 or uses[join.output] != 1:
            continue
        double = makers.get(join.inputs[0])
        if double is None or uses[double.output] != 1 or not graph.is_doubling(double):
            continue
        channels = _channels(graph, makers, double)
        if channels is not None and convolution.inputs[1] in graph.constants:
            yield _Place(double, join, convolution, channels)


def _is_same_size(node: Node) -> bool:
    """Whether this is a 3x3 convolution that keeps the size."""
    if node.operator != "Conv" or any(node.attributes.get(name) != value for name, value in SAME_SIZE.items()):
        return False
    return all(node.attributes.get(name, value) == value for name, value in PLAIN.items())


def _channels(graph: Graph, makers: dict[str, Node], node: Node) -> int | None:
    """Return how many channels ``node`` gives: as many as the convolution before it; None where it is not known."""
    while node.operator in KEEP_CHANNELS:
        if node.inputs[0] not in makers:
            return None
        node = makers[node.inputs[0]]
    if node.operator != "Conv" or node.inputs[1] not in graph.constants:
        return None
    return int(graph.constants[node.inputs[1]].shape[0])


def _rewritten(place: _Place) -> list[Node]:
    """Return the nodes that do what those of ``place`` do."""
    name, bias = place.convolution.output, place.convolution.inputs[2:]
    up, skip = f"{name}_up", f"{name}_skip"
    transposed = {"kernel_shape": (4, 4), "strides": (2, 2), "pads": (1, 1, 1, 1)}
    return [
        Node("ConvTranspose", (place.double.inputs[0], f"{up}_kernel"), up, transposed),
        Node("Conv", (place.join.inputs[1], f"{skip}_kernel", *bias), skip, SAME_SIZE),
        Node("Add", (up, skip), name),
    ]
