"""Batch normalisation folded into the convolutions before it, exactly: what ships has none.

A layer ``NAME`` is followed, where it is normalised, by a layer ``NAME_norm``, which takes the place of its bias.

References
----------
Ioffe, Szegedy 2015, "Batch Normalization", arXiv 1502.03167.
"""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

Kernel = tuple[NDArray[np.float32], NDArray[np.float32]]


def norm_of(layer: str) -> str:
    """Return the name of the layer that normalises what ``layer`` gives."""
    return f"{layer}_norm"


def kernels_of(plain: keras.Model) -> dict[str, Kernel]:
    """Return kernel and bias (out,) of each convolution of a network without batch normalisation, in its order.

    A kernel is (kh, kw, in, out), that of a transposed convolution (kh, kw, out, in).
    """
    # A transposed convolution is a Conv2DTranspose, which Keras does not derive from Conv2D.
    kinds = (keras.layers.Conv2D, keras.layers.Conv2DTranspose)
    return {layer.name: tuple(layer.get_weights()) for layer in plain.layers if isinstance(layer, kinds)}


def load_trained(plain: keras.Model, trained: keras.Model) -> None:
    """Give ``plain`` the weights of ``trained``: batch normalisation folded, outputs that ``plain`` lacks gone."""
    normalised = {layer.name for layer in trained.layers if isinstance(layer, keras.layers.BatchNormalization)}
    for name in kernels_of(plain):
        weights = _fold(trained, name) if norm_of(name) in normalised else trained.get_layer(name).get_weights()
        plain.get_layer(name).set_weights(list(weights))


def unfold(trained: keras.Model, plain: keras.Model, images: NDArray[np.float32]) -> None:
    """Give ``trained`` the weights of ``plain``, with normalisation that changes nothing: undo `load_trained`.

    Its statistics are those of ``images`` (n, h, w, 1): with mean m and variance v of what a convolution gives, a scale
    of s = sqrt(v + epsilon) and a shift of m undo it.
    """
    kernels = kernels_of(plain)
    given = keras.Model(plain.inputs, [plain.get_layer(name).output for name in kernels]).predict_on_batch(images)
    normalised = {layer.name for layer in trained.layers if isinstance(layer, keras.layers.BatchNormalization)}
    for (name, (kernel, bias)), values in zip(kernels.items(), given, strict=True):
        if norm_of(name) not in normalised:
            trained.get_layer(name).set_weights([kernel, bias])
            continue
        norm = trained.get_layer(norm_of(name))
        mean, variance = values.mean(axis=(0, 1, 2)), values.var(axis=(0, 1, 2))
        trained.get_layer(name).set_weights([kernel])
        norm.set_weights([np.sqrt(variance + norm.epsilon), mean, mean - bias, variance])


def round_kernels(plain: keras.Model) -> None:
    """Round the kernels of a network to what floating-point numbers of 16 bits hold; biases stay as they are."""
    for name, (kernel, bias) in kernels_of(plain).items():
        plain.get_layer(name).set_weights([kernel.astype(np.float16).astype(np.float32), bias])


def _fold(trained: keras.Model, name: str) -> Kernel:
    """Return kernel and bias of the convolution ``name`` together with its normalisation.

    With statistics m, v and parameters g, b a convolution W then normalisation is the convolution W g / s with bias
    b - m g / s, where s = sqrt(v + epsilon).
    """
    (kernel,) = trained.get_layer(name).get_weights()
    norm = trained.get_layer(norm_of(name))
    gamma, beta, mean, variance = (weight.astype(np.float64) for weight in norm.get_weights())
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return (kernel * factor).astype(np.float32), (beta - mean * factor).astype(np.float32)
