"""The ONNX file, written straight from the folded weights.

Tensors outside are NHWC, as everywhere in streamseg; inside the graph they are NCHW, as ONNX wants them. With one
channel both have the same order in memory, so the change is a Reshape that costs nothing. A converter's graph holds
eight Transposes and was measured 9 % slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.export.half import narrow
from training.export.network import Kernels, write_network

INPUT, OUTPUT = "input", "probability"
OPSET = 17  # read by every ONNX Runtime since 1.12, OpenVINO and cv2.dnn
IR_VERSION = 8
FREE = -1
"""In a Reshape: whatever is left, which is the number of pictures."""


def unet_graph(kernels: Kernels, size: int, *, batch: int | None = 1) -> onnx.ModelProto:
    """Return the network with ``kernels`` for ``batch`` pictures at once, ``size`` pixels square; None: any number.

    Takes ``input`` (batch, size, size, 1) float32, 0 to 1, and gives ``probability`` of the same shape.
    """
    writer = _GraphWriter(kernels)
    count = FREE if batch is None else batch
    tensor = write_network(writer, writer.reshape(INPUT, "nchw", (count, 1, size, size)))
    writer.reshape(tensor, OUTPUT, (count, size, size, 1))
    return writer.finish(("batch" if batch is None else batch, size, size, 1))


@dataclass(slots=True)
class _GraphWriter:
    """Collects nodes and constants; each method returns the name of the tensor that it adds."""

    kernels: Kernels
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)

    def add(self, operator: str, name: str, inputs: Sequence[str], **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, **attributes))
        return name

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def reshape(self, tensor: str, name: str, shape: tuple[int, ...]) -> str:
        return self.add("Reshape", name, [tensor, self.constant(f"{name}_shape", np.array(shape, np.int64))])

    def convolve(self, tensor: str, name: str) -> str:
        side = len(self.kernels[name][0])
        inputs = self._convolution_inputs(tensor, name)
        return self.add("Conv", name, inputs, kernel_shape=[side, side], pads=[side // 2] * 4)

    def gather(self, tensor: str, name: str) -> str:
        side = len(self.kernels[name][0])
        inputs = self._convolution_inputs(tensor, name)
        return self.add("Conv", name, inputs, kernel_shape=[side, side], strides=[side, side])

    def spread(self, tensor: str, name: str) -> str:
        # As a 1x1 convolution to a channel for each pixel of the square, which runtimes are faster at.
        kernel, bias = self.kernels[name]
        side, _, filters, channels = kernel.shape
        weights = kernel.reshape(side * side * filters, channels, 1, 1)
        inputs = [
            tensor,
            self.constant(f"{name}_kernel", weights),
            self.constant(f"{name}_bias", np.tile(bias, side * side)),
        ]
        pixels = self.add("Conv", name, inputs, kernel_shape=[1, 1])
        return self.add("DepthToSpace", f"{name}_spread", [pixels], blocksize=side)

    def relu(self, tensor: str, name: str) -> str:
        return self.add("Relu", name, [tensor])

    def halve(self, tensor: str, name: str) -> str:
        return self.add("MaxPool", name, [tensor], kernel_shape=[2, 2], strides=[2, 2])

    def double(self, tensor: str, name: str) -> str:
        scales = self.constant("up_scales", np.array([1, 1, 2, 2], np.float32))
        return self.add(
            "Resize",
            name,
            [tensor, "", scales],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        )

    def join(self, tensors: tuple[str, str], name: str) -> str:
        return self.add("Concat", name, tensors, axis=1)

    def sum(self, tensors: tuple[str, str], name: str) -> str:
        return self.add("Add", name, tensors)

    def sigmoid(self, tensor: str, name: str) -> str:
        return self.add("Sigmoid", name, [tensor])

    def _convolution_inputs(self, tensor: str, name: str) -> list[str]:
        kernel, bias = self.kernels[name]
        weights = self.constant(f"{name}_kernel", kernel.transpose(3, 2, 0, 1))
        return [tensor, weights, self.constant(f"{name}_bias", bias)]

    def finish(self, shape: tuple[int | str, ...]) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            "unet",
            [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, shape)],
            list(self.constants.values()),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="streamseg")
        model.ir_version = IR_VERSION
        narrow(model)
        onnx.checker.check_model(model, full_check=True)
        return model
