"""The weights that a run goes on from, read out of a model that ships."""

from __future__ import annotations

from pathlib import Path

import keras
from onnx import numpy_helper

from streamseg.model import find_card
from streamseg.model_card import read_card
from training.errors import TrainingError
from training.export.half import read_wide
from training.folding import kernels_of
from training.unet import study_unet


def read_start(name_or_path: str) -> keras.Model:
    """Return the study's network with the float32 weights of a bundled model, or of one by the path of its card.

    Raises
    ------
    ModelError
        There is no such model.
    TrainingError
        It is not the study's network.
    """
    card_file = find_card(name_or_path)
    file = next(weights.file for weights in read_card(card_file).weights if weights.precision == "float32")
    return _with_weights(study_unet(), card_file.parent / file)


def _with_weights(plain: keras.Model, file: Path) -> keras.Model:
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in read_wide(file).graph.initializer}
    for name, (kernel, bias) in kernels_of(plain).items():
        stored, shift = tensors.get(f"{name}_kernel"), tensors.get(f"{name}_bias")
        if stored is None or shift is None or stored.transpose(2, 3, 1, 0).shape != kernel.shape:
            raise TrainingError(f"{file} does not hold the study's network: its {name} differs; choose another start")
        plain.get_layer(name).set_weights([stored.transpose(2, 3, 1, 0), shift.reshape(bias.shape)])
    return plain
