"""TensorFlow: SavedModel folders, Keras files (.keras) and float32 .onnx models, on CPU or GPU."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from streamseg.errors import ModelError, ProviderError, UnplayableError
from streamseg.machine import usable_cores
from streamseg.model_card import InputSpec
from streamseg.protocols import SegmenterInfo
from streamseg.segmenters._shared import CheckedSegmenter, first_line, tensor_shape
from streamseg.settings import ModelSettings

PLUGIN = {
    "suffixes": [".keras", ".onnx"],
    "folders": True,
    "requires": {"tensorflow": "tensorflow", "keras": "tensorflow", "onnx": "tensorflow"},
    "runtimes": ["tensorflow", "keras"],
    "last_resort": True,
}

STDERR = 2
# "E0000 00:00:1795397666.196396 ..." or "2026-01-01 12:00:00.000000: I tensorflow/..."
NATIVE_MESSAGE = re.compile(
    rb"(?:\d{4}-\d\d-\d\d .+?: )?(?P<level>[IWEF])(?:\d{4})? |WARNING: All log messages before absl::InitializeLog"
)

logger = logging.getLogger(__name__)

Network = Callable[[Any], Any]


def create(weights: Path, spec: InputSpec, settings: ModelSettings) -> CheckedSegmenter:
    """Load the model at ``weights`` and compile it for ``spec``.

    Raises
    ------
    ModelError
        The file is no model, or not one for ``spec``.
    ProviderError
        A device is not there, or the required one is not the one in use.
    SettingsError
        Keras is set to another backend.
    """
    if settings.precision != "float32":
        raise UnplayableError(
            f"{weights.name} is {settings.precision}, which TensorFlow does not play; use backend onnx, or float32"
        )
    with _native_messages_to_log():
        # Read when TensorFlow is imported: what it says of its own choices is of no use to our users.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        import tensorflow as tf  # noqa: PLC0415 - takes seconds, and only this backend needs it

        threads = _set_threads(tf, settings.threads or usable_cores())
        device = _choose_device(tf, settings)
        with tf.device(device):
            function, provider = _compile(tf, weights, spec)
    if settings.require_provider and _device_type(settings.require_provider) != provider:
        raise ProviderError(f"device {settings.require_provider!r} is required, but the model runs on {provider}")
    info = SegmenterInfo("tensorflow", provider, settings.precision, threads)
    return CheckedSegmenter(lambda tensor: np.asarray(function(tensor), np.float32), spec, info, (tf.errors.OpError,))


@contextmanager
def _native_messages_to_log() -> Iterator[None]:
    """Send what TensorFlow's native code writes to stderr meanwhile to the log; anything else passes.

    It calls it an error (E) that there is no GPU, so even errors are only noted: what really fails raises.
    """
    with tempfile.TemporaryFile() as file:
        stderr = os.dup(STDERR)
        os.dup2(file.fileno(), STDERR)
        try:
            yield
        finally:
            os.dup2(stderr, STDERR)
            os.close(stderr)
            file.seek(0)
            for line in file.read().splitlines(keepends=True):
                match = NATIVE_MESSAGE.match(line)
                if match is None:
                    os.write(STDERR, line)
                    continue
                level = logging.INFO if match["level"] in (b"E", b"F") else logging.DEBUG
                logger.log(level, "%s", line.decode(errors="replace").rstrip())


def _set_threads(tf: Any, threads: int) -> int:
    """Ask for ``threads`` within one operation and return how many there are."""
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        # The network is one chain: there is nothing to run side by side.
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        granted = tf.config.threading.get_intra_op_parallelism_threads() or usable_cores()
        logger.info("TensorFlow was already running in this process, with %d threads; asked for %d", granted, threads)
        return int(granted)
    return threads


def _choose_device(tf: Any, settings: ModelSettings) -> str:
    """Return the first device that is wanted, else a GPU where there is one, else the CPU."""
    for gpu in tf.config.list_physical_devices("GPU"):
        try:
            # Without this the first model takes all memory of the graphics processor.
            tf.config.experimental.set_memory_growth(gpu, enable=True)
        except RuntimeError:
            logger.info("TensorFlow was already running in this process; its memory on %s stays as it is", gpu.name)
    there = {device.device_type for device in tf.config.list_logical_devices()}
    asked = settings.providers or ((settings.require_provider,) if settings.require_provider else ())
    for name in asked:
        if _device_type(name) not in there:
            raise ProviderError(f"TensorFlow has no device {name!r} here; it has: {', '.join(sorted(there))}")
    wanted = _device_type(asked[0]) if asked else "GPU" if "GPU" in there else "CPU"
    return f"/device:{wanted}:0"


def _device_type(name: str) -> str:
    """Return TensorFlow's name of a device that may be called as in ONNX Runtime."""
    short_name = name.upper().removesuffix("EXECUTIONPROVIDER")
    return "GPU" if short_name == "CUDA" else short_name


def _compile(tf: Any, weights: Path, spec: InputSpec) -> tuple[Network, str]:
    """Return the model as one function that is traced once, and the type of the device that answered."""
    from streamseg.segmenters._tensorflow_networks import load_network  # noqa: PLC0415 - imports TensorFlow

    network = load_network(weights, spec)
    # Keeps the network, and with it the variables of a SavedModel, alive; a concrete function would not.
    function = tf.function(network, input_signature=[tf.TensorSpec(tensor_shape(spec), tf.float32)])
    try:
        output = function(np.zeros(tensor_shape(spec), np.float32))
    except (TypeError, ValueError, tf.errors.OpError) as err:
        raise ModelError(f"{weights} does not run in TensorFlow: {first_line(err)}") from err
    return function, str(tf.DeviceSpec.from_string(output.device).device_type)
