"""What a graph says of its nodes and tensors."""

import numpy as np
import pytest

from streamseg.graphs.graph import Graph, Node, Value

SCALES = {"scales": np.array([1, 1, 2, 2], np.float32), "thrice": np.array([1, 1, 3, 3], np.float32)}


def _graph(*nodes):
    value = Value("x", "float32", (1, 4, 4, 1))
    return Graph(nodes, SCALES, (value,), (Value("y", "float32", (1, 8, 8, 1)),))


def _resize(scales="scales", **attributes):
    return Node("Resize", ("x", "", scales), "y", {"mode": "nearest", **attributes})


def test_makers_and_uses_count_the_output_of_the_graph_and_leave_out_inputs_that_are_not_there():
    double, twice = _resize(), Node("Add", ("y", "y"), "z")
    graph = _graph(double, twice)
    assert graph.makers() == {"y": double, "z": twice}
    assert graph.uses() == {"x": 1, "scales": 1, "y": 3}


@pytest.mark.parametrize(
    ("node", "is_doubling"),
    [
        (_resize(coordinate_transformation_mode="asymmetric", nearest_mode="floor"), True),
        (_resize(), True),
        (_resize(nearest_mode="floor"), False),
        (_resize("thrice"), False),
        (_resize("x"), False),
        (_resize(mode="linear"), False),
        (Node("Resize", ("x",), "y"), False),
        (Node("Relu", ("x",), "y"), False),
    ],
)
def test_a_doubling_repeats_each_pixel_twice_in_each_direction(node, is_doubling):
    assert _graph(node).is_doubling(node) == is_doubling
