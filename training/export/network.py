"""The study's network, walked from input to output, for writers of formats that no converter needs to write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeVar

from training.unet import FILTERS, HEAD, Kernel

Kernels = Mapping[str, Kernel]
"""Kernel (kh, kw, in, out) and bias (out,) of each convolution by name, as `training.unet.kernels_of` gives them."""

Tensor = TypeVar("Tensor")


class NetworkWriter(Protocol[Tensor]):
    """Adds operations, all NCHW, to a graph; each method returns the tensor that it adds."""

    def convolve(self, tensor: Tensor, name: str) -> Tensor:
        """Add the convolution ``name``, which keeps the size."""

    def relu(self, tensor: Tensor, name: str) -> Tensor:
        """Add a rectifier."""

    def halve(self, tensor: Tensor, name: str) -> Tensor:
        """Add 2x2 maximum pooling."""

    def double(self, tensor: Tensor, name: str) -> Tensor:
        """Add nearest up-sampling to twice the size."""

    def join(self, tensors: tuple[Tensor, Tensor], name: str) -> Tensor:
        """Add the channels of both, in order."""

    def sigmoid(self, tensor: Tensor, name: str) -> Tensor:
        """Add the logistic function."""


def write_network(writer: NetworkWriter[Tensor], tensor: Tensor) -> Tensor:
    """Let ``writer`` write the network from ``tensor`` (n, 1, h, w), 0 to 1; return the probabilities, same shape."""
    skips: list[Tensor] = []
    for level in range(len(FILTERS)):
        if level:
            tensor = writer.halve(tensor, f"down{level}")
        tensor = _write_block(writer, tensor, f"encoder{level}")
        skips.append(tensor)
    for level in reversed(range(len(FILTERS) - 1)):
        tensor = writer.double(tensor, f"up{level}")
        tensor = writer.join((tensor, skips[level]), f"join{level}")
        tensor = _write_block(writer, tensor, f"decoder{level}")
    return writer.sigmoid(writer.convolve(tensor, HEAD), "sigmoid")


def _write_block(writer: NetworkWriter[Tensor], tensor: Tensor, name: str) -> Tensor:
    for position in (1, 2):
        layer = f"{name}_conv{position}"
        tensor = writer.relu(writer.convolve(tensor, layer), f"{layer}_relu")
    return tensor
