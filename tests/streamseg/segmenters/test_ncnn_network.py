"""Graphs as ncnn reads them."""

import re
from dataclasses import replace

import numpy as np
import pytest

from streamseg.graphs.graph import Graph, Node, Value
from streamseg.graphs.onnx_file import graph_of
from streamseg.segmenters._ncnn_layers import RefusedError, layer_of
from streamseg.segmenters._ncnn_network import channels_first, with_activations, write_network
from tests.support.tiny_models import SPEC, onnx_unet

IN, OUT = Value("x", "float32", (1, 32, 32, 1)), Value("y", "float32", (1, 32, 32, 1))
CONSTANTS = {
    "kernel": np.zeros((4, 2, 3, 3), np.float32),
    "scales": np.array([1, 1, 3, 3], np.float32),
    "to_first": np.array([-1, 1, 32, 32]),
    "to_last": np.array([1, 32, 32, 1]),
    "flat": np.array([1, 1024]),
}
FIRST = Node("Transpose", ("x",), "picture", {"perm": (0, 3, 1, 2)})
LAST = Node("Transpose", ("map",), "y", {"perm": (0, 2, 3, 1)})
ACT = Node("Sigmoid", ("picture",), "map")


def _graph(*nodes):
    return Graph(nodes, CONSTANTS, (IN,), (OUT,))


def test_every_tensor_is_made_once_and_read_once():
    network = write_network(graph_of(onnx_unet(), "tiny"), SPEC.size)
    magic, counts, *lines = network.layers.splitlines()
    made, read = [], [network.output]
    for line in lines:
        _, _, inputs, outputs, *names = line.split()
        split = int(inputs)
        assert set(names[:split]) <= set(made)
        read += names[:split]
        made += names[split : split + int(outputs)]
    assert magic == "7767517"
    assert counts == f"{len(lines)} {len(made)}"
    assert made[0] == network.input
    assert len(set(made)) == len(made)
    assert sorted(made) == sorted(read)


def test_weights_are_a_word_of_zeros_kernel_and_bias_one_layer_after_the_other():
    graph = graph_of(onnx_unet(), "tiny")
    numbers = np.frombuffer(write_network(graph, SPEC.size).weights, np.float32)
    first = next(node for node in graph.nodes if node.operator == "Conv")
    kernel, bias = (graph.constants[name].ravel() for name in first.inputs[1:])
    np.testing.assert_array_equal(numbers[: 1 + kernel.size + bias.size], [0, *kernel, *bias])
    convolutions = [node for node in graph.nodes if node.operator == "Conv"]
    assert numbers.size == sum(1 + sum(graph.constants[name].size for name in node.inputs[1:]) for node in convolutions)


@pytest.mark.parametrize("first", [FIRST, Node("Reshape", ("x", "to_first"), "picture")])
@pytest.mark.parametrize("last", [LAST, Node("Reshape", ("map", "to_last"), "y")])
def test_what_turns_channels_at_both_ends_is_left_out(first, last):
    graph = channels_first(_graph(first, ACT, last), (32, 32))
    assert graph.nodes == (ACT,)
    assert (graph.inputs[0].name, graph.outputs[0].name) == ("picture", "map")


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        ((replace(ACT, inputs=("x",)), LAST), "input is not turned"),
        ((replace(FIRST, attributes={"perm": (0, 3, 2, 1)}), ACT, LAST), "input is not turned"),
        ((Node("Reshape", ("x", "flat"), "picture"), ACT, LAST), "input is not turned"),
        ((FIRST, ACT, LAST, Node("Relu", ("x",), "z")), "input is not turned"),
        ((FIRST, replace(ACT, output="y")), "output is not turned"),
        ((FIRST, ACT, replace(LAST, attributes={"perm": (0, 3, 2, 1)})), "output is not turned"),
    ],
)
def test_a_network_whose_ends_are_others_is_refused(nodes, told):
    with pytest.raises(RefusedError, match=told):
        channels_first(_graph(*nodes), (32, 32))


def test_a_relu_that_alone_follows_a_convolution_is_part_of_it():
    convolution = Node("Conv", ("picture", "kernel"), "sum")
    relu = Node("Relu", ("sum",), "map")
    (merged,) = with_activations(_graph(convolution, relu)).nodes
    assert (merged.output, layer_of(merged, _graph()).parameters[9]) == ("map", 1)
    assert layer_of(convolution, _graph()).parameters[9] == 0
    shared = _graph(convolution, relu, Node("Sigmoid", ("sum",), "other"))
    assert with_activations(shared).nodes == shared.nodes


def test_kernels_of_transposed_convolutions_are_stored_with_the_outputs_first():
    kernel = np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4)
    node = Node("ConvTranspose", ("picture", "k"), "map", {"strides": (2, 2), "pads": (1, 1, 1, 1)})
    layer = layer_of(node, replace(_graph(), constants={"k": kernel}))
    np.testing.assert_array_equal(np.frombuffer(layer.weights, np.float32)[1:], kernel.swapaxes(0, 1).ravel())
    assert [layer.parameters[number] for number in (0, 1, 11, 3, 4, 5)] == [3, 4, 4, 2, 1, 0]


@pytest.mark.parametrize(
    ("node", "told"),
    [
        (Node("Softplus", ("picture",), "map"), "the operator Softplus"),
        (Node("Conv", ("picture", "other"), "map"), "Conv without a constant input 1"),
        (Node("Conv", ("picture", "scales"), "map"), "a kernel of 1 axes"),
        (Node("Conv", ("picture", "kernel"), "map", {"group": 2}), "Conv with group 2"),
        (Node("Conv", ("picture", "kernel"), "map", {"dilations": (2, 2)}), "Conv with dilations (2, 2)"),
        (Node("Conv", ("picture", "kernel"), "map", {"auto_pad": "SAME_UPPER"}), "Conv with auto_pad 'SAME_UPPER'"),
        (Node("Conv", ("picture", "kernel"), "map", {"pads": (1, 1, 0, 0)}), "Conv with pads (1, 1, 0, 0)"),
        (Node("MaxPool", ("picture",), "map", {"ceil_mode": 1}), "MaxPool with ceil_mode 1"),
        (Node("Resize", ("picture", "", "scales"), "map", {"mode": "nearest"}), "a Resize that does not repeat"),
        (Node("Concat", ("picture", "map"), "y", {"axis": 2}), "Concat along axis 2"),
        (Node("Add", ("picture", "kernel"), "y"), "Add of constants"),
        (Node("DepthToSpace", ("picture",), "map", {"mode": "CRD", "blocksize": 2}), "DepthToSpace with mode 'CRD'"),
    ],
)
def test_what_is_not_known_is_refused_by_name(node, told):
    with pytest.raises(RefusedError, match=re.escape(told)):
        layer_of(node, _graph())
