"""ncnn: float32 models (.onnx) on CPU by Winograd's algorithm."""

from __future__ import annotations

import ctypes
import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import ModelError, ProviderError, UnplayableError
from streamseg.graphs.graph import Value
from streamseg.graphs.onnx_file import read_graph
from streamseg.graphs.phase_form import phase_form
from streamseg.machine import usable_cores
from streamseg.model_card import InputSpec
from streamseg.protocols import SegmenterInfo
from streamseg.segmenters._ncnn_layers import RefusedError
from streamseg.segmenters._ncnn_network import Network, write_network
from streamseg.segmenters._shared import CheckedSegmenter, Port, check_ports
from streamseg.settings import ModelSettings

PLUGIN = {"suffixes": [".onnx"], "requires": {"ncnn": "ncnn", "onnx": "ncnn"}, "runtimes": ["ncnn"], "lanes": True}

CPU = "CPU"
SUFFIX = "EXECUTIONPROVIDER"
WAITING = "OMP_WAIT_POLICY"


def create(weights: Path, spec: InputSpec, settings: ModelSettings) -> CheckedSegmenter:
    """Open the model at ``weights``.

    Raises
    ------
    ModelError
        The file is no model, or not one for ``spec``.
    ProviderError
        Another device than the CPU is asked for.
    UnplayableError
        It is not float32, or holds an operator that is not known here.
    """
    if settings.precision != "float32":
        raise UnplayableError(
            f"{weights.name} is {settings.precision}, which ncnn does not play; use backend onnx, or float32"
        )
    _check_device(settings)
    graph = read_graph(weights)
    check_ports(weights.name, _ports(graph.inputs), _ports(graph.outputs), spec)
    try:
        network = write_network(phase_form(graph), spec.size)
    except RefusedError as err:
        raise UnplayableError(f"{weights.name} holds {err}, which backend ncnn lacks; use backend onnx") from err
    threads = settings.threads or usable_cores()
    with _threads_sleep():
        import ncnn  # noqa: PLC0415 - only under this policy
    net = _load(ncnn, network, weights, threads)
    input_name, output_name = network.input, network.output  # alone, so that the weights are not kept twice

    def run(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        # A name holds it while it is cloned: ncnn reads where it lies, whatever its strides, and keeps nothing alive.
        # Cloned, since layers may write to their input.
        picture = np.ascontiguousarray(tensor[..., 0])
        extractor = net.create_extractor()
        extractor.input(input_name, ncnn.Mat(picture).clone())
        failure, output = extractor.extract(output_name)
        if failure:
            raise RuntimeError(f"its error is {failure}")
        # Copied, since ncnn takes its memory back.
        return np.array(output)[..., np.newaxis]

    return CheckedSegmenter(run, spec, SegmenterInfo("ncnn", CPU, settings.precision, threads), (RuntimeError,))


def _check_device(settings: ModelSettings) -> None:
    for name in (*settings.providers[:1], *filter(None, [settings.require_provider])):
        if name.upper().removesuffix(SUFFIX) != CPU:
            raise ProviderError(f"ncnn runs on the CPU alone here, not on {name!r}; choose CPU, or another backend")


@contextmanager
def _threads_sleep() -> Iterator[None]:
    """Have an OpenMP that is loaded meanwhile let its threads sleep when they wait for one another, unless told so.

    As it is, they turn in circles: on a machine with other work, which has a core that they wait for, a frame takes ten
    times as long (docs/performance.md).
    """
    is_set = WAITING in os.environ
    os.environ.setdefault(WAITING, "passive")
    try:
        yield
    finally:
        if not is_set:
            os.environ.pop(WAITING, None)  # another lane that was opened beside this one may have been first


def _load(ncnn: Any, network: Network, weights: Path, threads: int) -> Any:
    net = ncnn.Net()
    options = net.opt
    options.num_threads = threads
    options.openmp_blocktime = 0  # the same as above, on systems with another OpenMP
    # Winograd by tiles of 4x4. By 6x6 it is no faster, and the answers differ by up to 2e-5, instead of 6e-6.
    options.use_winograd63_convolution = False
    # Otherwise processors that have 16 bits calculate in those, unasked.
    options.use_fp16_packed = options.use_fp16_storage = options.use_fp16_arithmetic = False
    # Closed at once: the reader, whose class is a cycle of references, would keep the weights for a while.
    with io.BytesIO(network.weights) as file:
        failure = net.load_param_mem(network.layers) or net.load_model(_reader(ncnn, file))
    if failure:
        raise ModelError(f"ncnn does not open {weights}: its error is {failure}; use backend onnx")
    return net


def _reader(ncnn: Any, file: io.BytesIO) -> Any:
    """Return what ncnn reads the weights in ``file`` through.

    Its own function for weights in memory goes on reading there after Python has freed them, and a file whose path is
    not in ASCII is not found on every system.
    """
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]

    class Reader(ncnn.DataReader):  # type: ignore[misc]  # ncnn has no types
        def read(self, buffer: object, size: int) -> int:
            data = file.read(size)
            ctypes.memmove(address(buffer, None), data, len(data))
            return len(data)

    return Reader()


def _ports(values: Sequence[Value]) -> list[Port]:
    return [Port(value.name, value.dtype, value.shape) for value in values]
