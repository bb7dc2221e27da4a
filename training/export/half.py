"""Kernels that 16 bits hold exactly, stored in them: half the file, and the same numbers in float32 once it is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SUFFIX = "_half"


def narrow(model: onnx.ModelProto) -> None:
    """Store the kernels of ``model`` that lose nothing by it in 16 bits; a Cast widens each where it is used."""
    casts: list[onnx.NodeProto] = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2:
            continue
        wide = numpy_helper.to_array(tensor)
        with np.errstate(over="ignore"):
            half = wide.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), wide):
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, name + SUFFIX))
        casts.append(helper.make_node("Cast", [tensor.name], [name], name=name, to=TensorProto.FLOAT))
    _replace_nodes(model, [*casts, *model.graph.node])


def widen(model: onnx.ModelProto) -> None:
    """Undo `narrow`: quantising and rewriting want kernels as constants of float32."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    kept: list[onnx.NodeProto] = []
    for node in model.graph.node:
        tensor = tensors.get(node.input[0]) if node.op_type == "Cast" else None
        if tensor is None or tensor.data_type != TensorProto.FLOAT16:
            kept.append(node)
            continue
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float32), node.output[0]))
    _replace_nodes(model, kept)


def read_wide(file: Path) -> onnx.ModelProto:
    """Return the model in ``file``, all of its kernels in float32."""
    model = onnx.load(file)
    widen(model)
    return model


def _replace_nodes(model: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> None:
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in nodes]
    del model.graph.node[:]
    model.graph.node.extend(copies)
