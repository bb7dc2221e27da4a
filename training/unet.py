"""The study's U-Net, and its training variant with batch normalisation.

What ships has 1,962,337 parameters: five levels of 16 to 256 filters, two 3x3 convolutions with ReLU a level, 2x2
maximum pooling, nearest up-sampling joined with the skip connection straight away, and a 1x1 sigmoid at the end.

References
----------
Ronneberger, Fischer, Brox 2015, "U-Net: Convolutional Networks for Biomedical Image Segmentation",
doi 10.1007/978-3-319-24574-4_28.
Ioffe, Szegedy 2015, "Batch Normalization", arXiv 1502.03167.
"""

from __future__ import annotations

from typing import Any

import keras

from training.errors import TrainingError
from training.folding import norm_of

FILTERS = (16, 32, 64, 128, 256)
PARAMETER_COUNT = 1_962_337
HEAD = "head"


def build_unet(*, batch_norm: bool, deep_supervision: bool = False, policy: str = "float32") -> keras.Model:
    """Return the network for tensors (n, h, w, 1), 0 to 1, with h and w multiples of 16; out come probabilities.

    With ``batch_norm`` each 3x3 convolution is followed by batch normalisation, which takes the place of its bias:
    a form to train. Without, the study's network: the form that ships. With ``deep_supervision`` there are more
    outputs after the first, at a half, a quarter and an eighth of its size. ``policy`` is a dtype policy of Keras.
    """
    tensor = inputs = keras.Input((None, None, 1), name="input")
    skips, auxiliary = [], []
    for level, filters in enumerate(FILTERS):
        if level:
            tensor = keras.layers.MaxPooling2D(2, dtype=policy, name=f"down{level}")(tensor)
        tensor = _block(tensor, f"encoder{level}", filters, batch_norm=batch_norm, policy=policy)
        skips.append(tensor)
    for level, filters in reversed(list(enumerate(FILTERS[:-1]))):
        tensor = keras.layers.UpSampling2D(2, interpolation="nearest", dtype=policy, name=f"up{level}")(tensor)
        tensor = keras.layers.Concatenate(dtype=policy, name=f"join{level}")([tensor, skips[level]])
        tensor = _block(tensor, f"decoder{level}", filters, batch_norm=batch_norm, policy=policy)
        if level and deep_supervision:
            auxiliary.append(_head(tensor, f"{HEAD}{level}"))
    output = _head(tensor, HEAD)
    return keras.Model(inputs, [output, *reversed(auxiliary)] if deep_supervision else output, name="unet")


def convolution_names() -> tuple[str, ...]:
    """Return the names of the 3x3 convolutions, from input to output."""
    levels = [f"encoder{level}" for level in range(len(FILTERS))]
    levels += [f"decoder{level}" for level in reversed(range(len(FILTERS) - 1))]
    return tuple(f"{level}_conv{position}" for level in levels for position in (1, 2))


def study_unet() -> keras.Model:
    """Return the study's network, its parameters counted.

    Raises
    ------
    TrainingError
        It does not have the study's number of parameters.
    """
    plain = build_unet(batch_norm=False)
    if plain.count_params() != PARAMETER_COUNT:
        raise TrainingError(
            f"the network has {plain.count_params():,} parameters, the study's has {PARAMETER_COUNT:,}; "
            "unet.py was changed"
        )
    return plain


def _block(tensor: Any, name: str, filters: int, *, batch_norm: bool, policy: str) -> Any:
    for position in (1, 2):
        layer = f"{name}_conv{position}"
        tensor = keras.layers.Conv2D(
            filters,
            3,
            padding="same",
            use_bias=not batch_norm,
            kernel_initializer="he_normal",
            dtype=policy,
            name=layer,
        )(tensor)
        if batch_norm:
            # 20 steps of memory: an epoch of a small data set has few steps.
            tensor = keras.layers.BatchNormalization(momentum=0.95, dtype=policy, name=norm_of(layer))(tensor)
        tensor = keras.layers.ReLU(dtype=policy, name=f"{layer}_relu")(tensor)
    return tensor


def _head(tensor: Any, name: str) -> Any:
    # Mixed precision must not reach the probabilities: float32 here whatever the policy.
    return keras.layers.Conv2D(1, 1, activation="sigmoid", dtype="float32", name=name)(tensor)
