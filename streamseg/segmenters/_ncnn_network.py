"""Writes a graph as ncnn reads it: a text with a line for each layer, and the weights one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from streamseg.graphs.graph import Graph, Node
from streamseg.segmenters._ncnn_layers import ACTIVATION, Layer, RefusedError, layer_of

MAGIC = "7767517"
TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
ONE_PICTURE = (1, -1)
"""How many pictures a Reshape may say that there are; -1 is whatever is left."""


@dataclass(frozen=True, slots=True)
class Network:
    """What ncnn reads, and its names for the picture (1, h, w) that goes in and the map (1, h, w) that comes out."""

    layers: str
    weights: bytes
    input: str
    output: str


def write_network(graph: Graph, size: tuple[int, int]) -> Network:
    """Return ``graph``, whose input and output are one channel of ``size`` (h, w), as ncnn reads it.

    Raises
    ------
    RefusedError
        It holds something that is not known here.
    """
    graph = with_activations(channels_first(graph, size))
    text = _Text(graph.uses())
    source = text.add(Layer("Input"), (), graph.inputs[0].name)
    weights = []
    for node in graph.nodes:
        layer = layer_of(node, graph)
        text.add(layer, [name for name in node.inputs if name and name not in graph.constants], node.output)
        weights.append(layer.weights)
    return Network(text.whole(), b"".join(weights), source, text.take(graph.outputs[0].name))


def channels_first(graph: Graph, size: tuple[int, int]) -> Graph:
    """Return ``graph`` without the nodes that make its input (1, h, w, 1) a (1, 1, h, w), and its output the reverse.

    With one channel, both have the same order in memory.

    Raises
    ------
    RefusedError
        There are no such nodes.
    """
    source, result = graph.inputs[0], graph.outputs[0]
    first = next((node for node in graph.nodes if source.name in node.inputs), None)
    last = graph.makers().get(result.name)
    is_turned = first is not None and graph.uses()[source.name] == 1 and _is_turn(first, graph, TO_CHANNELS_FIRST, size)
    if first is None or not is_turned:
        raise RefusedError("a network whose input is not turned to channels first")
    if last is None or not _is_turn(last, graph, TO_CHANNELS_LAST, size):
        raise RefusedError("a network whose output is not turned to channels last")
    return replace(
        graph,
        nodes=tuple(node for node in graph.nodes if node not in (first, last)),
        inputs=(replace(source, name=first.output),),
        outputs=(replace(result, name=last.inputs[0]),),
    )


def with_activations(graph: Graph) -> Graph:
    """Return ``graph`` with every ReLU that alone follows a convolution as a part of it."""
    uses, makers = graph.uses(), graph.makers()
    merged: dict[str, list[Node]] = {}
    for node in graph.nodes:
        maker = makers.get(node.inputs[0]) if node.operator == "Relu" else None
        if maker is not None and maker.operator in ("Conv", "ConvTranspose") and uses[maker.output] == 1:
            attributes = {**maker.attributes, ACTIVATION: node.operator}
            merged |= {maker.output: [], node.output: [replace(maker, output=node.output, attributes=attributes)]}
    return replace(graph, nodes=tuple(new for node in graph.nodes for new in merged.get(node.output, [node])))


def _is_turn(node: Node, graph: Graph, order: tuple[int, ...], size: tuple[int, int]) -> bool:
    """Whether ``node`` puts the axes of a picture (1, h, w, 1) or (1, 1, h, w) into ``order``."""
    if node.operator == "Transpose":
        return node.attributes.get("perm") == order
    shape = graph.constants.get(node.inputs[1]) if node.operator == "Reshape" else None
    if shape is None or len(shape) != len(order) or shape[0] not in ONE_PICTURE:
        return False
    return tuple(shape[1:]) == ((1, *size) if order == TO_CHANNELS_FIRST else (*size, 1))


class _Text:
    """The lines of the layers. Each tensor is for one layer only; a Split makes as many of it as there are ``uses``."""

    def __init__(self, uses: Mapping[str, int]) -> None:
        self._uses = uses
        self._lines: list[str] = []
        self._count = 0
        self._blobs: dict[str, list[str]] = {}

    def add(self, layer: Layer, inputs: Sequence[str], output: str) -> str:
        """Add a layer that makes the tensor ``output`` of ``inputs``, and return what ncnn calls that."""
        (made,) = self._line(layer, [self.take(name) for name in inputs], 1)
        uses = self._uses[output]
        self._blobs[output] = [made] if uses < 2 else self._line(Layer("Split"), [made], uses)
        return made

    def take(self, tensor: str) -> str:
        """Return ncnn's name of a tensor for one more layer that reads it."""
        return self._blobs[tensor].pop()

    def whole(self) -> str:
        """Return the text."""
        return "\n".join([MAGIC, f"{len(self._lines)} {self._count}", *self._lines, ""])

    def _line(self, layer: Layer, inputs: Sequence[str], outputs: int) -> list[str]:
        made = [f"t{self._count + index}" for index in range(outputs)]
        self._count += outputs
        parameters = [f"{number}={value}" for number, value in sorted(layer.parameters.items())]
        words = [layer.kind, f"l{len(self._lines)}", len(inputs), outputs, *inputs, *made, *parameters]
        self._lines.append(" ".join(map(str, words)))
        return made
