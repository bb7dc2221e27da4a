"""Loads a network of any format that TensorFlow plays here. Imports TensorFlow: import this only when it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from streamseg.errors import ModelError, SettingsError
from streamseg.model_card import InputSpec
from streamseg.segmenters._onnx_to_tensorflow import OnnxGraph
from streamseg.segmenters._shared import Port, check_ports, first_line

Network = Callable[[Any], Any]
SIGNATURE = "serving_default"


def load_network(weights: Path, spec: InputSpec) -> Network:
    """Return the network at ``weights``: from a tensor (1, h, w, 1) to another one.

    Raises
    ------
    ModelError
        The file or folder is no model, or not one for ``spec``.
    SettingsError
        Keras is set to another backend.
    """
    if weights.is_dir():
        inputs, outputs, network = _saved_model(weights)
    elif weights.suffix == ".onnx":
        graph = OnnxGraph(weights)
        inputs, outputs, network = graph.inputs, graph.outputs, graph
    else:
        inputs, outputs, network = _keras_model(weights)
    check_ports(weights.name, inputs, outputs, spec)
    return network


def _saved_model(weights: Path) -> tuple[list[Port], list[Port], Network]:
    try:
        loaded = tf.saved_model.load(str(weights))
    except (OSError, ValueError, tf.errors.OpError) as err:
        raise ModelError(f"{weights} is no SavedModel: {first_line(err)}") from err
    if SIGNATURE not in loaded.signatures:
        raise ModelError(f"{weights} has no signature {SIGNATURE}; it has: {', '.join(loaded.signatures) or 'none'}")
    _, inputs = loaded.signatures[SIGNATURE].structured_input_signature
    outputs = loaded.signatures[SIGNATURE].structured_outputs

    def network(tensor: Any) -> Any:
        (name,) = inputs
        (output,) = loaded.signatures[SIGNATURE](**{name: tensor}).values()
        return output

    return _ports(inputs.items()), _ports(outputs.items()), network


def _keras_model(weights: Path) -> tuple[list[Port], list[Port], Network]:
    if os.environ.get("KERAS_BACKEND", "tensorflow") != "tensorflow":
        raise _wrong_backend(os.environ["KERAS_BACKEND"])
    import keras  # noqa: PLC0415 - with another backend the import itself may fail

    if keras.config.backend() != "tensorflow":
        raise _wrong_backend(keras.config.backend())
    try:
        model = keras.models.load_model(weights, compile=False)
    except (OSError, ValueError, TypeError, KeyError) as err:
        raise ModelError(f"{weights} is no Keras model: {first_line(err)}") from err

    def network(tensor: Any) -> Any:
        return model(tensor, training=False)

    inputs, outputs = ([(tensor.name, tensor) for tensor in side] for side in (model.inputs, model.outputs))
    return _ports(inputs), _ports(outputs), network


def _wrong_backend(name: str) -> SettingsError:
    return SettingsError(f"Keras is set to {name!r}; this backend needs KERAS_BACKEND=tensorflow")


def _ports(tensors: Any) -> list[Port]:
    return [Port(name, tf.as_dtype(tensor.dtype).name, tuple(tensor.shape)) for name, tensor in tensors]
