"""The fast network: a U-Net for processors, which never works at the full size of the picture.

A first convolution gathers squares of pixels into one place with many channels, and a last one spreads each place into
its square again; between them is a small U-Net whose up-sampled and skipped channels are added, not joined. At 256
pixels, squares of 4 and (16, 32, 64, 128) filters it has 93 million multiplications, where the study's has 3,480.

References
----------
Shi et al. 2016, "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
Network", doi 10.1109/CVPR.2016.207 (the last convolution).
Lin et al. 2017, "Feature Pyramid Networks for Object Detection", doi 10.1109/CVPR.2017.106 (narrowing and adding).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from training.config import FastConfig
from training.folding import norm_of
from training.unet import HEAD

STEM = "stem"


def build_fast(shape: FastConfig, *, batch_norm: bool, policy: str = "float32") -> keras.Model:
    """Return the network for tensors (n, h, w, 1), 0 to 1, with h and w multiples of ``shape.multiple``.

    Out come probabilities of the same shape. With ``batch_norm`` all convolutions but the last are followed by batch
    normalisation, which takes the place of their bias: a form to train. ``policy`` is a dtype policy of Keras.
    """
    make = _LayerMaker(batch_norm=batch_norm, policy=policy)
    inputs = keras.Input((None, None, 1), name="input")
    tensor = make.relu(make.convolve(inputs, STEM, shape.filters[0], shape.patch, stride=shape.patch), STEM)
    skips = []
    for level, filters in enumerate(shape.filters):
        if level:
            tensor = keras.layers.MaxPooling2D(2, dtype=policy, name=f"down{level}")(tensor)
        for position in range(1, shape.convolutions + 1):
            tensor = make.block(tensor, f"encoder{level}_conv{position}", filters)
        skips.append(tensor)
    for level, filters in reversed(list(enumerate(shape.filters[:-1]))):
        tensor = make.convolve(tensor, f"narrow{level}", filters, 1)
        tensor = keras.layers.UpSampling2D(2, interpolation="nearest", dtype=policy, name=f"up{level}")(tensor)
        tensor = keras.layers.Add(dtype=policy, name=f"sum{level}")([tensor, skips[level]])
        tensor = make.block(tensor, f"decoder{level}_conv1", filters)
    # Its stride is its side, so that no square touches another: sub-pixel convolution under another name. Mixed
    # precision must not reach the probabilities: float32 here whatever the policy.
    head = keras.layers.Conv2DTranspose(
        1, shape.patch, strides=shape.patch, activation="sigmoid", dtype="float32", name=HEAD
    )
    return keras.Model(inputs, head(tensor), name="fast")


@dataclass(frozen=True, slots=True)
class _LayerMaker:
    """Adds layers of one form and one precision."""

    batch_norm: bool
    policy: str

    def convolve(self, tensor: Any, name: str, filters: int, side: int, *, stride: int = 1) -> Any:
        convolution = keras.layers.Conv2D(
            filters,
            side,
            strides=stride,
            padding="same" if stride == 1 else "valid",
            use_bias=not self.batch_norm,
            kernel_initializer="he_normal",
            dtype=self.policy,
            name=name,
        )
        if not self.batch_norm:
            return convolution(tensor)
        # 20 steps of memory: an epoch of a small data set has few steps.
        norm = keras.layers.BatchNormalization(momentum=0.95, dtype=self.policy, name=norm_of(name))
        return norm(convolution(tensor))

    def relu(self, tensor: Any, name: str) -> Any:
        return keras.layers.ReLU(dtype=self.policy, name=f"{name}_relu")(tensor)

    def block(self, tensor: Any, name: str, filters: int) -> Any:
        return self.relu(self.convolve(tensor, name, filters, 3), name)
