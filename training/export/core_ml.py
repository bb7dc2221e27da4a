"""The network as a Core ML package, written straight from the folded weights, as the ONNX file is.

Apple's converter reads TensorFlow up to 2.12 only; its program builder needs no framework, and runs on Linux too.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coremltools
import numpy as np
from coremltools.converters.mil import Builder
from numpy.typing import NDArray

from training.errors import TrainingError
from training.export.form import Form, Infer
from training.export.network import Kernels, write_network
from training.export.onnx_graph import INPUT, OUTPUT

TARGET = coremltools.target.iOS15
"""The oldest system that runs such programs; macOS 12 among them."""


def write_core_ml(kernels: Kernels, size: int, folder: Path, *, name: str) -> Form:
    """Write the network with ``kernels`` for one picture at a time, ``size`` pixels square, as ``name.mlpackage``.

    It calculates in float32, as all other forms do, which keeps it off the Neural Engine.

    Raises
    ------
    TrainingError
        The disk is full.
    """
    path = folder / f"{name}.mlpackage"
    model = coremltools.convert(
        _program(kernels, size),
        convert_to="mlprogram",
        compute_precision=coremltools.precision.FLOAT32,
        minimum_deployment_target=TARGET,
        skip_model_load=True,
    )
    try:
        model.save(str(path))
    except shutil.Error as err:
        _, _, reason = err.args[0][0]
        raise TrainingError(f"cannot write {path}: {reason}; free some space or choose another --out") from err
    return Form(path, "coreml", _opener(path))


def _program(kernels: Kernels, size: int) -> Any:
    def unet(input: Any) -> Any:  # noqa: A002 - becomes the name of the input
        tensor = write_network(_ProgramWriter(kernels), Builder.reshape(x=input, shape=(1, 1, size, size)))
        return Builder.reshape(x=tensor, shape=(1, size, size, 1), name=OUTPUT)

    spec = Builder.TensorSpec(shape=(1, size, size, 1))
    return Builder.program(input_specs=[spec], opset_version=TARGET)(unet)


@dataclass(frozen=True, slots=True)
class _ProgramWriter:
    """Adds operations to the program that is being built; each method returns the tensor that it adds."""

    kernels: Kernels

    def convolve(self, tensor: Any, name: str) -> Any:
        kernel, bias = self.kernels[name]
        weight = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        return Builder.conv(x=tensor, weight=weight, bias=bias, pad_type="same", name=name)

    def gather(self, tensor: Any, name: str) -> Any:
        kernel, bias = self.kernels[name]
        weight = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        return Builder.conv(x=tensor, weight=weight, bias=bias, strides=kernel.shape[:2], pad_type="valid", name=name)

    def spread(self, tensor: Any, name: str) -> Any:
        kernel, bias = self.kernels[name]
        weight = np.ascontiguousarray(kernel.transpose(3, 2, 0, 1))
        return Builder.conv_transpose(
            x=tensor, weight=weight, bias=bias, strides=kernel.shape[:2], pad_type="valid", name=name
        )

    def relu(self, tensor: Any, name: str) -> Any:
        return Builder.relu(x=tensor, name=name)

    def halve(self, tensor: Any, name: str) -> Any:
        return Builder.max_pool(x=tensor, kernel_sizes=[2, 2], strides=[2, 2], pad_type="valid", name=name)

    def double(self, tensor: Any, name: str) -> Any:
        return Builder.upsample_nearest_neighbor(x=tensor, scale_factor_height=2, scale_factor_width=2, name=name)

    def join(self, tensors: tuple[Any, Any], name: str) -> Any:
        return Builder.concat(values=tensors, axis=1, name=name)

    def sum(self, tensors: tuple[Any, Any], name: str) -> Any:
        return Builder.add(x=tensors[0], y=tensors[1], name=name)

    def sigmoid(self, tensor: Any, name: str) -> Any:
        return Builder.sigmoid(x=tensor, name=name)


def _opener(path: Path) -> Callable[[], Infer] | None:
    """Return what opens the package, or None where the system cannot run it: only Apple's do."""
    if platform.system() != "Darwin":
        return None

    def open_package() -> Infer:
        model = coremltools.models.MLModel(str(path))

        def infer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.asarray(model.predict({INPUT: tensor})[OUTPUT], np.float32)[..., 0]

        return infer

    return open_package
