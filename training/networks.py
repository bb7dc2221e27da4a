"""The network that a recipe asks for: as it is trained, and as it ships."""

from __future__ import annotations

import keras

from training.config import TrainingConfig
from training.fast import build_fast
from training.folding import load_trained, round_kernels
from training.unet import build_unet, study_unet


def trained_network(config: TrainingConfig, *, policy: str = "float32") -> keras.Model:
    """Return the network in the form that is trained, with new weights; ``policy`` is a dtype policy of Keras."""
    if config.network == "fast":
        return build_fast(config.fast, batch_norm=config.batch_norm, policy=policy)
    return build_unet(batch_norm=config.batch_norm, deep_supervision=config.deep_supervision, policy=policy)


def plain_network(config: TrainingConfig) -> keras.Model:
    """Return the network in the form that ships, without batch normalisation and with one output."""
    return build_fast(config.fast, batch_norm=False) if config.network == "fast" else study_unet()


def finished_network(config: TrainingConfig, trained: keras.Model) -> keras.Model:
    """Return the network that ships, with the weights of ``trained``."""
    plain = plain_network(config)
    load_trained(plain, trained)
    if config.weight_bits == 16:
        round_kernels(plain)
    return plain
