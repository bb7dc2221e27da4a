"""The networks, walked from input to output, for writers of formats that no converter needs to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from training.fast import STEM
from training.folding import Kernel
from training.unet import FILTERS, HEAD

Kernels = Mapping[str, Kernel]
"""Kernel (kh, kw, in, out) and bias (out,) of each convolution by name, as `training.folding.kernels_of` gives them."""

Tensor = TypeVar("Tensor")


class NetworkWriter(Protocol[Tensor]):
    """Adds operations, all NCHW, to a graph; each method returns the tensor that it adds."""

    @property
    def kernels(self) -> Kernels:
        """Those of the network, whose names tell which one it is."""

    def convolve(self, tensor: Tensor, name: str) -> Tensor:
        """Add the convolution ``name``, which keeps the size."""

    def gather(self, tensor: Tensor, name: str) -> Tensor:
        """Add the convolution ``name`` on squares side by side: its stride is the side of its kernel."""

    def spread(self, tensor: Tensor, name: str) -> Tensor:
        """Add the transposed convolution ``name``, whose stride is the side of its kernel (kh, kw, out, in)."""

    def relu(self, tensor: Tensor, name: str) -> Tensor:
        """Add a rectifier."""

    def halve(self, tensor: Tensor, name: str) -> Tensor:
        """Add 2x2 maximum pooling."""

    def double(self, tensor: Tensor, name: str) -> Tensor:
        """Add nearest up-sampling to twice the size."""

    def join(self, tensors: tuple[Tensor, Tensor], name: str) -> Tensor:
        """Add the channels of both, in order."""

    def sum(self, tensors: tuple[Tensor, Tensor], name: str) -> Tensor:
        """Add both, place by place."""

    def sigmoid(self, tensor: Tensor, name: str) -> Tensor:
        """Add the logistic function."""


def write_network(writer: NetworkWriter[Tensor], tensor: Tensor) -> Tensor:
    """Let ``writer`` write its network from ``tensor`` (n, 1, h, w), 0 to 1; return the probabilities, same shape."""
    return _write_fast(writer, tensor) if STEM in writer.kernels else _write_unet(writer, tensor)


def _write_unet(writer: NetworkWriter[Tensor], tensor: Tensor) -> Tensor:
    skips: list[Tensor] = []
    for level in range(len(FILTERS)):
        if level:
            tensor = writer.halve(tensor, f"down{level}")
        tensor = _write_level(writer, tensor, f"encoder{level}")
        skips.append(tensor)
    for level in reversed(range(len(FILTERS) - 1)):
        tensor = writer.double(tensor, f"up{level}")
        tensor = writer.join((tensor, skips[level]), f"join{level}")
        tensor = _write_level(writer, tensor, f"decoder{level}")
    return writer.sigmoid(writer.convolve(tensor, HEAD), "sigmoid")


def _write_fast(writer: NetworkWriter[Tensor], tensor: Tensor) -> Tensor:
    tensor = writer.relu(writer.gather(tensor, STEM), f"{STEM}_relu")
    skips: list[Tensor] = []
    while f"encoder{len(skips)}_conv1" in writer.kernels:
        if skips:
            tensor = writer.halve(tensor, f"down{len(skips)}")
        tensor = _write_level(writer, tensor, f"encoder{len(skips)}")
        skips.append(tensor)
    for level in reversed(range(len(skips) - 1)):
        tensor = writer.double(writer.convolve(tensor, f"narrow{level}"), f"up{level}")
        tensor = _write_level(writer, writer.sum((tensor, skips[level]), f"sum{level}"), f"decoder{level}")
    return writer.sigmoid(writer.spread(tensor, HEAD), "sigmoid")


def _write_level(writer: NetworkWriter[Tensor], tensor: Tensor, name: str) -> Tensor:
    """Write the 3x3 convolutions of one level, as many as there are kernels of its name."""
    for layer in (layer for layer in writer.kernels if layer.startswith(f"{name}_conv")):
        tensor = writer.relu(writer.convolve(tensor, layer), f"{layer}_relu")
    return tensor
