"""ONNX Runtime: float32 and 8-bit models (.onnx) on CPU, CUDA, DirectML, CoreML, OpenVINO or TensorRT."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from streamseg.errors import ModelError, ProviderError
from streamseg.machine import usable_cores
from streamseg.model_card import InputSpec
from streamseg.protocols import SegmenterInfo
from streamseg.segmenters._shared import CheckedSegmenter, Port, check_ports, first_line
from streamseg.settings import ModelSettings

PLUGIN = {"suffixes": [".onnx"], "runtimes": ["onnxruntime", "onnxruntime-gpu", "onnxruntime-directml"], "lanes": True}

CPU = "CPUExecutionProvider"
# Without being asked: a graphics processor before a neural engine before the CPU. TensorRT only when asked for, since
# it compiles the model for minutes first.
BEST_FIRST = (
    "CUDAExecutionProvider",
    "DmlExecutionProvider",
    "CoreMLExecutionProvider",
    "OpenVINOExecutionProvider",
    CPU,
)
SUFFIX = "ExecutionProvider"
ONLY_ERRORS = 3

logger = logging.getLogger(__name__)

# ONNX Runtime's exceptions have no base of their own.
FILE_ERRORS = (
    ort_errors.InvalidArgument,
    ort_errors.InvalidGraph,
    ort_errors.InvalidProtobuf,
    ort_errors.NoModel,
    ort_errors.NoSuchFile,
)
RUN_ERRORS = (
    ort_errors.EPFail,
    ort_errors.EngineError,
    ort_errors.Fail,
    ort_errors.InvalidArgument,
    ort_errors.NotImplemented,
    ort_errors.RuntimeException,
    RuntimeError,
)


def create(weights: Path, spec: InputSpec, settings: ModelSettings) -> CheckedSegmenter:
    """Open the model at ``weights``.

    Raises
    ------
    ModelError
        The file is no model, or not one for ``spec``.
    ProviderError
        An execution provider is not there, or the required one is not the one in use.
    """
    ort.set_default_logger_severity(ONLY_ERRORS)
    threads = settings.threads or usable_cores()
    available = ort.get_available_providers()
    required = settings.require_provider and full_name(settings.require_provider, available)
    wanted = [full_name(name, available) for name in settings.providers]
    wanted = wanted or ([required] if required else [name for name in BEST_FIRST if name in available])
    session = _open(weights, _session_options(threads), wanted)
    in_use = _provider_in_use(session)
    if required and in_use != required:
        raise ProviderError(
            f"execution provider {required} is required, but the model runs on {in_use}; "
            f"asked for: {', '.join(wanted)}; put the required one first, and see the log for why it did not start"
        )
    check_ports(weights.name, _ports(session.get_inputs()), _ports(session.get_outputs()), spec)
    name = session.get_inputs()[0].name

    def run(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        # Each call gets a new buffer from the runtime; binding a fixed one saved nothing measurable.
        output: NDArray[np.float32] = session.run(None, {name: tensor})[0]
        return output

    return CheckedSegmenter(run, spec, SegmenterInfo("onnx", in_use, settings.precision, threads), RUN_ERRORS)


def full_name(name: str, available: Sequence[str]) -> str:
    """Return the runtime's name of a provider given as ``cuda``, ``DirectML`` or ``CPUExecutionProvider``.

    Raises
    ------
    ProviderError
        This build of ONNX Runtime does not have it.
    """
    wanted = name.lower().removesuffix(SUFFIX.lower())
    wanted = {"directml": "dml"}.get(wanted, wanted)
    short_names = [provider.removesuffix(SUFFIX) for provider in available]
    for short_name in short_names:
        if short_name.lower() == wanted:
            return short_name + SUFFIX
    raise ProviderError(
        f"this ONNX Runtime has no execution provider {name!r}; it has: {', '.join(short_names)}; "
        "choose one of them or install the build of onnxruntime that has it"
    )


def _session_options(threads: int) -> ort.SessionOptions:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    # The network is one chain: there is nothing to run side by side.
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = ONLY_ERRORS
    options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    # The threads of the pool sleep between operators. If they spin, they take the cores from the threads that decode,
    # draw and record, and wait for one another where a core is not free. On 2 cores the whole line gains 7 % by it, and
    # inference alone loses 6 % (docs/performance.md).
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


def _open(weights: Path, options: ort.SessionOptions, wanted: Sequence[str]) -> ort.InferenceSession:
    """Open a session on the first of the ``wanted`` providers that starts, at last on the CPU.

    The runtime's own fallback is off: it prints to stdout, and would change the provider in mid-stream too.
    """
    causes = []
    for provider in dict.fromkeys((*wanted, CPU)):
        try:
            session = ort.InferenceSession(str(weights), options, providers=[provider], enable_fallback=0)
        except FILE_ERRORS as err:
            raise ModelError(f"{weights} is no model that ONNX Runtime opens: {first_line(err)}") from err
        except (*RUN_ERRORS, ValueError) as err:
            causes.append(f"{provider}: {first_line(err)}")
            continue
        if _provider_in_use(session) == provider:
            if causes:
                logger.warning("the model runs on %s; could not be used: %s", provider, "; ".join(causes))
            return session
        causes.append(f"{provider}: left the model to the CPU")
    raise ModelError(f"{weights} runs on no execution provider; {'; '.join(causes)}")


def _provider_in_use(session: ort.InferenceSession) -> str:
    """Return the provider that plays most of the model's operators.

    The session's list of providers begins with the one asked for even where that plays nothing, and all is left to
    the CPU. Before it could say who plays what, the list is all there is.
    """
    operators: Counter[str] = Counter()
    if hasattr(session, "get_provider_graph_assignment_info"):
        for part in session.get_provider_graph_assignment_info():
            operators[part.ep_name] += len(part.get_nodes())
        logger.info("operators by execution provider: %s", dict(operators))
    return operators.most_common(1)[0][0] if operators else str(session.get_providers()[0])


def _ports(nodes: Sequence[ort.NodeArg]) -> list[Port]:
    return [
        Port(
            node.name,
            "float32" if node.type == "tensor(float)" else node.type,
            tuple(size if isinstance(size, int) else None for size in node.shape),
        )
        for node in nodes
    ]
