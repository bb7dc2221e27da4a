"""The network as LiteRT (formerly TensorFlow Lite) files.

TensorFlow's own converter writes them; LiteRT's own package, which succeeds ``tf.lite.Interpreter``, runs them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from training.data.samples import Samples, unit_images
from training.export.form import SEVERAL, SINGLE, Form, Infer
from training.export.keras_files import write_saved_model


def write_lite_rt(
    network: keras.Model, size: int, folder: Path, *, name: str, calibration: Samples | None
) -> Iterator[Form]:
    """Write ``name.tflite`` and, with training pictures for ``calibration``, ``name.int8.tflite`` into ``folder``.

    Both are for any number of pictures, ``size`` pixels square, and take and give float32.

    Raises
    ------
    TrainingError
        Keras does not run on TensorFlow, or the disk is full.
    """
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        # From a function, which is the shorter way, the converter silently leaves the weights of Keras 3 out.
        saved = str(write_saved_model(network, size, Path(scratch), name=name).path)
        path = folder / f"{name}.tflite"
        path.write_bytes(tf.lite.TFLiteConverter.from_saved_model(saved).convert())
        yield Form(path, "tflite", partial(_open, path), batches=(SINGLE, SEVERAL))
        if calibration is None:
            return
        path = folder / f"{name}.int8.tflite"
        path.write_bytes(_quantised(saved, calibration))
        yield Form(path, "tflite", partial(_open, path), precision="int8", batches=(SINGLE, SEVERAL))


def _quantised(saved: str, calibration: Samples) -> bytes:
    """Return the SavedModel at ``saved`` with 8-bit weights and activations, all but input and output."""

    def pictures() -> Iterator[list[NDArray[np.float32]]]:
        for image in calibration.images:
            yield [unit_images(image)[np.newaxis, :, :, np.newaxis]]

    converter = tf.lite.TFLiteConverter.from_saved_model(saved)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = pictures
    # Without it, what cannot be quantised would stay float32 unsaid.
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    return bytes(converter.convert())


def _open(path: Path) -> Infer:
    interpreter = Interpreter(model_path=str(path))
    (given,), (result,) = interpreter.get_input_details(), interpreter.get_output_details()

    def infer(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        interpreter.resize_tensor_input(given["index"], tensor.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], tensor)
        interpreter.invoke()
        return np.asarray(interpreter.get_tensor(result["index"]), np.float32)[..., 0]

    return infer
