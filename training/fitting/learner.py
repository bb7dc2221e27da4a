"""The network with its optimiser and its average, on any backend of Keras."""

from __future__ import annotations

import keras
import numpy as np
from numpy.typing import NDArray

from training.config import TrainingConfig
from training.fitting.averaging import WeightAverage
from training.fitting.checkpoint import Arrays, LearnerState
from training.fitting.losses import LOSSES, at_coarser_output
from training.folding import load_trained, unfold
from training.networks import plain_network, trained_network

COARSER = 0.5
"""What the loss of an output weighs, beside that of the output twice as fine."""


class Learner:
    """Learns batch by batch, and gives the network that ships with the averaged weights at any time."""

    def __init__(self, config: TrainingConfig) -> None:
        keras.utils.set_random_seed(config.seed)
        self._model = trained_network(config, policy=config.policy)
        self._optimizer = _make_optimizer(config)
        levels = range(len(self._model.outputs))
        weights = [COARSER**level for level in levels]
        self._model.compile(
            optimizer=self._optimizer,
            loss=[at_coarser_output(LOSSES[config.loss], 2**level) for level in levels],
            loss_weights=[weight / sum(weights) for weight in weights],
        )
        self._optimizer.build(self._model.trainable_variables)
        self._averaged = trained_network(config)
        self._plain = plain_network(config)
        self._average = WeightAverage(self._model.get_weights())

    def start_from(self, plain: keras.Model, images: NDArray[np.float32]) -> None:
        """Take the weights of ``plain``, a network in the form that ships; ``images`` (n, h, w, 1) are such as come."""
        unfold(self._model, plain, images)
        self._average = WeightAverage(self._model.get_weights())

    @property
    def averaged_weights(self) -> Arrays:
        """The running average of the weights, in the order of the trained network's."""
        return self._average.weights

    def step(self, images: NDArray[np.float32], targets: NDArray[np.float32], rate: float) -> float:
        """Take one step on a batch (n, h, w, 1) at the learning rate ``rate``, and return the loss before it."""
        self._optimizer.learning_rate = rate
        self._model.reset_metrics()  # or Keras goes on with the mean of the steps before
        every = [targets] * len(self._model.outputs)
        return float(self._model.train_on_batch(images, every, return_dict=True)["loss"])

    def follow(self, decay: float) -> None:
        """Move the average towards the weights as they are now."""
        self._average.update(self._model.get_weights(), decay)

    def shipping_network(self) -> keras.Model:
        """Return the network that ships with the averaged weights; the next call changes it."""
        self._averaged.set_weights(self._average.weights)
        load_trained(self._plain, self._averaged)
        return self._plain

    def state(self) -> LearnerState:
        """Return a copy of the state."""
        optimizer = [np.array(variable.numpy()) for variable in self._optimizer.variables]
        return LearnerState(self._model.get_weights(), optimizer, self._average.weights, self._average.updates)

    def restore(self, state: LearnerState) -> None:
        """Go back to ``state``."""
        self._model.set_weights(state.model)
        for variable, value in zip(self._optimizer.variables, state.optimizer, strict=True):
            variable.assign(value)
        self._average = WeightAverage(state.average, state.updates)


def _make_optimizer(config: TrainingConfig) -> keras.optimizers.Optimizer:
    adam = keras.optimizers.Adam()
    if config.policy == "mixed_float16":  # small gradients would become 0 without
        return keras.optimizers.LossScaleOptimizer(adam)
    return adam
