"""The network as Keras writes it: a ``.keras`` file, and TensorFlow's SavedModel."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.export.form import SEVERAL, SINGLE, Form, Infer
from training.export.onnx_graph import INPUT


def write_keras(model: keras.Model, folder: Path, *, name: str) -> Form:
    """Write ``name.keras`` into ``folder``."""
    path = folder / f"{name}.keras"
    model.save(path)
    return Form(path, "keras", lambda: _open_keras(path), batches=(SINGLE, SEVERAL))


def write_saved_model(model: keras.Model, size: int, folder: Path, *, name: str) -> Form:
    """Write the folder ``name.savedmodel`` into ``folder``: for any number of pictures, ``size`` pixels square.

    Raises
    ------
    TrainingError
        Keras does not run on TensorFlow, or the disk is full.
    """
    if keras.config.backend() != "tensorflow":
        raise TrainingError(
            f"SavedModel and LiteRT files are written by TensorFlow, but Keras is set to {keras.config.backend()}; "
            "export with KERAS_BACKEND=tensorflow, which reads the run of any backend"
        )
    import tensorflow as tf  # noqa: PLC0415 - Keras may run without it

    path = folder / f"{name}.savedmodel"
    signature = keras.InputSpec(shape=(None, size, size, 1), dtype="float32", name=INPUT)
    try:
        model.export(path, format="tf_saved_model", input_signature=[signature], verbose=False)
    except tf.errors.ResourceExhaustedError as err:
        raise TrainingError(f"cannot write {path}: no space left; free some or choose another --out") from err
    return Form(path, "savedmodel", lambda: _open_saved_model(path), batches=(SINGLE, SEVERAL))


def _open_keras(path: Path) -> Infer:
    model = keras.saving.load_model(path, compile=False)

    def infer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(model.predict_on_batch(tensor), np.float32)[..., 0]

    return infer


def _open_saved_model(path: Path) -> Infer:
    import tensorflow as tf  # noqa: PLC0415 - Keras may run without it

    loaded = tf.saved_model.load(str(path))

    def infer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        (output,) = loaded.signatures["serving_default"](**{INPUT: tf.constant(tensor)}).values()
        return np.asarray(output.numpy(), np.float32)[..., 0]

    return infer
