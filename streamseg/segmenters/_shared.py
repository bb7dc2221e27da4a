"""What every runtime checks in the same way: the model's inputs and outputs, and the tensors that pass through them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import ModelError
from streamseg.model_card import InputSpec
from streamseg.protocols import SegmenterInfo

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a model as the runtime reports it; None where a dimension is free."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


class CheckedSegmenter:
    """A model on a runtime, with what goes in and what comes out checked.

    Parameters
    ----------
    run
        Gives the output (1, h, w, 1) for a tensor (1, h, w, 1), both float32: a new array for every call.
    errors
        What the runtime raises when it fails.
    """

    def __init__(self, run: Run, spec: InputSpec, info: SegmenterInfo, errors: tuple[type[Exception], ...]) -> None:
        self._run: Run | None = run
        self._spec = spec
        self._info = info
        self._errors = errors

    @property
    def info(self) -> SegmenterInfo:
        """What runs the model."""
        return self._info

    def infer(self, tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the probability map (h, w) of ``tensor`` (1, h, w, 1), both float32, 0 to 1.

        The map is the runtime's own output buffer, not copied, and belongs to this call alone.

        Raises
        ------
        ValueError
            The tensor has another shape or dtype.
        ModelError
            The segmenter is closed, or the runtime failed.
        """
        check_tensor(tensor, self._spec)
        if self._run is None:
            raise ModelError("the model is closed; load it again")
        try:
            output = self._run(tensor)
        except self._errors as err:
            raise ModelError(f"{self._info.backend} failed on {self._info.provider}: {first_line(err)}") from err
        return as_map(output, self._spec)

    def close(self) -> None:
        """Free the runtime."""
        self._run = None


def check_ports(model: str, inputs: Sequence[Port], outputs: Sequence[Port], spec: InputSpec) -> None:
    """Compare what ``model`` takes and gives with its card: one (1, h, w, 1) float32 each, any dimension free.

    Raises
    ------
    ModelError
        It has more than one input or output, or another shape or dtype; the numbers are named.
    """
    expected = tensor_shape(spec)
    for side, ports in (("input", inputs), ("output", outputs)):
        if len(ports) != 1:
            names = ", ".join(port.name for port in ports)
            raise ModelError(f"model {model} has {len(ports)} {side}s ({names}); one is expected")
        port = ports[0]
        if not _fits(port.shape, expected):
            raise ModelError(
                f"{side} {port.name!r} of model {model} has shape {_text(port.shape)}; its card says {expected}"
            )
        if port.dtype != "float32":
            raise ModelError(f"{side} {port.name!r} of model {model} is {port.dtype}; float32 is expected")


def check_tensor(tensor: NDArray[np.float32], spec: InputSpec) -> None:
    """Check that ``tensor`` is one for ``spec``.

    Raises
    ------
    ValueError
        It has another shape or dtype.
    """
    expected = tensor_shape(spec)
    if tensor.shape != expected or tensor.dtype != np.float32:
        raise ValueError(f"the model takes a tensor {expected} float32, got {tensor.shape} {tensor.dtype}")


def as_map(output: NDArray[np.float32], spec: InputSpec) -> NDArray[np.float32]:
    """Return the model's ``output`` (1, h, w, 1) as probability map (h, w), a view.

    Raises
    ------
    ModelError
        A model with free dimensions gave another shape than it was given.
    """
    if output.shape != tensor_shape(spec):
        raise ModelError(f"the model gave an output of shape {output.shape}; its card says {tensor_shape(spec)}")
    return output[0, :, :, 0]


def tensor_shape(spec: InputSpec) -> tuple[int, int, int, int]:
    """Return the shape (1, h, w, 1) of tensors for ``spec``."""
    return (1, spec.height, spec.width, 1)


def first_line(err: Exception) -> str:
    """Return the first line of a library's message, which is often a whole page."""
    return str(err).strip().partition("\n")[0]


def _fits(shape: Sequence[int | None], expected: Sequence[int]) -> bool:
    if len(shape) != len(expected):
        return False
    return all(size is None or size == wanted for size, wanted in zip(shape, expected, strict=True))


def _text(shape: Sequence[int | None]) -> str:
    return f"({', '.join('?' if size is None else str(size) for size in shape)})"
