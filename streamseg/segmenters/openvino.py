"""OpenVINO: float32 and 8-bit models (.onnx) on CPU, or on Intel's graphics processors and neural engines."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import ModelError, ProviderError
from streamseg.machine import cache_folder, usable_cores
from streamseg.model_card import InputSpec
from streamseg.protocols import SegmenterInfo
from streamseg.segmenters._shared import CheckedSegmenter, Port, check_ports, first_line, tensor_shape
from streamseg.settings import ModelSettings

PLUGIN = {"suffixes": [".onnx"], "requires": {"openvino": "openvino"}, "runtimes": ["openvino"], "lanes": True}

CPU = "CPU"
SUFFIX = "EXECUTIONPROVIDER"
CONVERTER = "openvino.tools.ovc"
FLOAT_TYPES = {"f32": "float32", "f64": "float64", "f16": "float16", "bf16": "bfloat16"}

logger = logging.getLogger(__name__)


def create(weights: Path, spec: InputSpec, settings: ModelSettings) -> CheckedSegmenter:
    """Open the model at ``weights``.

    Raises
    ------
    ModelError
        The file is no model, or not one for ``spec``.
    ProviderError
        A device is not there, or the required one is not the one in use.
    """
    openvino = import_quietly()
    core = openvino.Core()
    threads = settings.threads or usable_cores()
    device = choose_device(core.available_devices, settings)
    model = _read(openvino.frontend, weights)
    check_ports(weights.name, _ports(model.inputs), _ports(model.outputs), spec)
    if model.is_dynamic():
        model.reshape(list(tensor_shape(spec)))
    compiled = _compile(core, model, device, _options(device, threads))
    request = compiled.create_infer_request()

    def run(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        # The tensor is read where it lies, and the answer written into an array of this call: nothing is copied.
        output = np.empty(tensor.shape, np.float32)
        request.set_output_tensor(0, openvino.Tensor(output, shared_memory=True))
        request.infer({0: tensor}, share_inputs=True, share_outputs=True)
        return output

    in_use = ",".join(compiled.get_property("EXECUTION_DEVICES"))
    info = SegmenterInfo("openvino", in_use, settings.precision, threads)
    return CheckedSegmenter(run, spec, info, (RuntimeError,))


def import_quietly() -> Any:
    """Import OpenVINO without its model converter, and return it.

    Importing the converter, which nothing here needs, reports to its maker over the network that somebody did, unless
    they opted out. It also takes three quarters of the time. OpenVINO itself makes do without it.
    """
    is_blocked = "openvino" not in sys.modules and CONVERTER not in sys.modules
    if is_blocked:
        sys.modules[CONVERTER] = None  # type: ignore[assignment]  # the way to make an import fail
    try:
        import openvino  # noqa: PLC0415 - only under this block
    finally:
        if is_blocked:
            del sys.modules[CONVERTER]
    return openvino


def choose_device(available: Sequence[str], settings: ModelSettings) -> str:
    """Return the first of the providers asked for, by OpenVINO's name, by default the CPU.

    Raises
    ------
    ProviderError
        One is not ``available``, or the required one is not the first.
    """
    required = settings.require_provider and _device(settings.require_provider, available)
    wanted = [_device(name, available) for name in settings.providers]
    device = wanted[0] if wanted else required or CPU
    if required and device != required:
        raise ProviderError(f"device {required} is required, but {device} was asked for first; put {required} first")
    return device


def _device(name: str, available: Sequence[str]) -> str:
    """Return the device called ``name``, with or without a number, or as in ONNX Runtime: ``CPUExecutionProvider``."""
    wanted = name.upper().removesuffix(SUFFIX)
    for device in available:
        if wanted in (device, device.partition(".")[0]):
            return device
    raise ProviderError(f"OpenVINO has no device {name!r} here; it has: {', '.join(available)}; choose one of them")


def _read(frontend: Any, weights: Path) -> Any:
    """Read the graph at ``weights`` as ONNX, whatever it is: looking for its format makes other readers complain."""
    failures = (
        frontend.GeneralFailure,
        frontend.InitializationFailure,
        frontend.NotImplementedFailure,
        frontend.OpConversionFailure,
        frontend.OpValidationFailure,
        RuntimeError,
    )
    reader = frontend.FrontEndManager().load_by_framework("onnx")
    try:
        return reader.convert(reader.load(str(weights)))
    except failures as err:
        raise ModelError(f"{weights} is no model that OpenVINO opens: {_reason(err)}") from err


def _options(device: str, threads: int) -> dict[str, Any]:
    options: dict[str, Any] = {
        "PERFORMANCE_HINT": "LATENCY",
        # Without it, processors that have bfloat16 calculate float32 models in that, unasked: some three digits.
        "INFERENCE_PRECISION_HINT": "f32",
    }
    if device == CPU:
        # Unpinned: a thread that must run on one core waits there while another thread of the line has it.
        options |= {"INFERENCE_NUM_THREADS": threads, "ENABLE_CPU_PINNING": False}
    return options


def _compile(core: Any, model: Any, device: str, options: dict[str, Any]) -> Any:
    """Compile ``model``, or take it from the cache of earlier compilations, if there can be one."""
    folder = cache_folder("openvino")
    if folder is not None:
        try:
            return core.compile_model(model, device, options | {"CACHE_DIR": str(folder)})
        except RuntimeError as err:
            logger.info("OpenVINO compiles the model without its cache: %s", _reason(err))
    try:
        return core.compile_model(model, device, options)
    except RuntimeError as err:
        raise ModelError(f"OpenVINO cannot compile the model for {device}: {_reason(err)}") from err


def _ports(sides: Iterable[Any]) -> list[Port]:
    return [
        Port(
            side.any_name,
            FLOAT_TYPES.get(side.element_type.get_type_name(), side.element_type.get_type_name()),
            tuple(None if size.is_dynamic else size.get_length() for size in side.partial_shape),
        )
        for side in sides
    ]


def _reason(err: Exception) -> str:
    """Return the sentence of a message that begins with the places in OpenVINO's sources that it came through."""
    lines = [line.strip() for line in str(err).splitlines()]
    telling = [line for line in lines if line and not line.startswith(("Exception from ", "Check '"))]
    return telling[-1] if telling else first_line(err)
