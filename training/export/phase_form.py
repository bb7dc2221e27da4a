"""The phase form of a network as an ONNX file; `streamseg.graphs.phase_form` says what that is."""

from __future__ import annotations

import onnx
from onnx import helper, numpy_helper

from streamseg.graphs import phase_form as graphs
from streamseg.graphs.graph import Graph, Node
from streamseg.graphs.onnx_file import graph_of
from training.errors import TrainingError


def has_phase_form(model: onnx.ModelProto) -> bool:
    """Whether ``model`` has an up-sampling that is joined and convolved."""
    graph = graph_of(model, model.graph.name)
    return graphs.phase_form(graph) is not graph


def phase_form(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return ``model`` with every doubling that is joined and convolved in phase form; its answers are the same.

    Raises
    ------
    TrainingError
        There is none.
    """
    graph = graph_of(model, model.graph.name)
    rewritten = graphs.phase_form(graph)
    if rewritten is graph:
        raise TrainingError("the network has no up-sampling that is joined and convolved; it has no phase form")
    return _model(model, rewritten)


def _node(node: Node) -> onnx.NodeProto:
    made = helper.make_node(node.operator, node.inputs, [node.output], name=node.output)
    made.attribute.extend(helper.make_attribute(name, value) for name, value in sorted(node.attributes.items()))
    return made


def _model(model: onnx.ModelProto, graph: Graph) -> onnx.ModelProto:
    """Return ``graph`` as a model with the inputs and outputs of ``model``."""
    made = helper.make_model(
        helper.make_graph(
            [_node(node) for node in graph.nodes],
            f"{model.graph.name}_phase",
            model.graph.input,
            model.graph.output,
            [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
        ),
        opset_imports=model.opset_import,
        producer_name=model.producer_name,
    )
    made.ir_version = model.ir_version
    onnx.checker.check_model(made, full_check=True)
    return made
