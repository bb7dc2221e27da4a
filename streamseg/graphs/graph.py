"""A network as a graph of operators, named as in ONNX."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Attribute = int | float | str | tuple[int, ...] | tuple[float, ...]

DOUBLED = (1, 1, 2, 2)
# (coordinate_transformation_mode, nearest_mode) of Resize that repeat each pixel, whatever the whole number of times.
REPEATING = {("asymmetric", "floor"), ("half_pixel", "round_prefer_floor"), ("half_pixel", "round_prefer_ceil")}


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output of a graph; None where a dimension is free. ``dtype`` is NumPy's name of it."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operator with one output. An input that is left out is an empty name."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Operators in an order in which they can be run, and the constants that they use."""

    nodes: tuple[Node, ...]
    constants: Mapping[str, NDArray[Any]]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]

    def makers(self) -> dict[str, Node]:
        """Return by tensor the node that makes it."""
        return {node.output: node for node in self.nodes}

    def uses(self) -> Counter[str]:
        """Return how often each tensor is an input of a node, or an output of the graph."""
        used = Counter(name for node in self.nodes for name in node.inputs if name)
        return used + Counter(value.name for value in self.outputs)

    def is_doubling(self, node: Node) -> bool:
        """Whether ``node`` repeats every pixel twice in each direction."""
        if node.operator != "Resize" or node.attributes.get("mode", "nearest") != "nearest" or len(node.inputs) < 3:
            return False
        coordinates = node.attributes.get("coordinate_transformation_mode", "half_pixel")
        rounding = node.attributes.get("nearest_mode", "round_prefer_floor")
        scales = self.constants.get(node.inputs[2])
        return (coordinates, rounding) in REPEATING and scales is not None and np.array_equal(scales, DOUBLED)
