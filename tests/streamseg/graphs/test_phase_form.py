"""The phase form: the same answers by other operators. Of whole networks, see the test of ``training.export``."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.graphs.graph import Graph, Node
from streamseg.graphs.onnx_file import graph_of
from streamseg.graphs.phase_form import merged_kernel, phase_form
from tests.support.tiny_models import onnx_unet

SMALL = arrays.arrays(np.float32, (3, 2, 3, 3), elements=st.floats(-1, 1, width=32))


def _unet():
    return graph_of(onnx_unet((4, 8, 16)), "tiny")


def _changed(graph, operator, **attributes):
    nodes = (
        replace(node, attributes={**node.attributes, **attributes}) if node.operator == operator else node
        for node in graph.nodes
    )
    return replace(graph, nodes=tuple(nodes))


@given(kernel=SMALL, picture=arrays.arrays(np.float32, (2, 5, 4), elements=st.floats(-1, 1, width=32)))
def test_the_merged_kernel_does_what_doubling_and_the_kernel_do(kernel, picture):
    doubled = np.pad(picture.repeat(2, 1).repeat(2, 2), ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(doubled, (3, 3), (1, 2))
    expected = np.einsum("ihwkl,oikl->ohw", windows, kernel)
    whole = np.zeros((3, 2 * 5 + 2, 2 * 4 + 2))
    for row, column in np.ndindex(5, 4):
        whole[:, 2 * row : 2 * row + 4, 2 * column : 2 * column + 4] += np.einsum(
            "i,iotu->otu", picture[:, row, column], merged_kernel(kernel)
        )
    np.testing.assert_allclose(whole[:, 1:-1, 1:-1], expected, atol=1e-5)


def test_each_doubling_and_joining_becomes_two_convolutions_that_are_added():
    graph = phase_form(_unet())
    operators = [node.operator for node in graph.nodes]
    assert operators.count("ConvTranspose") == operators.count("Add") == 2
    assert not {"Resize", "Concat"} & set(operators)
    made = {value.name for value in graph.inputs} | graph.constants.keys()
    for node in graph.nodes:
        assert made.issuperset(node.inputs)
        made.add(node.output)
    assert graph.constants.keys() == {name for node in graph.nodes for name in node.inputs} & graph.constants.keys()


@pytest.mark.parametrize(
    "graph",
    [
        Graph((Node("Sigmoid", ("x",), "y"),), {}, (), ()),
        _changed(_unet(), "Conv", dilations=(2, 2)),
        _changed(_unet(), "Conv", group=2),
        _changed(_unet(), "Resize", mode="linear"),
        replace(_unet(), nodes=tuple(node for node in _unet().nodes if node.operator != "Resize")),
    ],
    ids=["no convolution", "dilated", "in groups", "interpolated", "not doubled"],
)
def test_a_graph_without_such_a_place_is_left_alone(graph):
    assert phase_form(graph) is graph


def test_what_is_used_elsewhere_too_stays():
    graph = _unet()
    joined = next(node for node in graph.nodes if node.operator == "Concat")
    graph = replace(graph, nodes=(*graph.nodes, Node("Relu", (joined.output,), "other")))
    assert joined in phase_form(graph).nodes
