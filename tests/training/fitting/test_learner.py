"""Every variant of the recipe learns, goes on from where it was, and gives the network that ships."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from training.config import TrainingConfig
from training.fitting.learner import Learner
from training.unet import PARAMETER_COUNT

VARIANTS: dict[str, dict[str, Any]] = {
    "study": {"batch_norm": False, "loss": "binary_cross_entropy"},
    "deep supervision in bfloat16": {"deep_supervision": True, "policy": "mixed_bfloat16"},
    "focal Tversky in float16": {"loss": "focal_tversky", "policy": "mixed_float16"},
    "fast": {"network": "fast", "fast": {"patch": 2, "filters": [16, 16]}},
}


def make(**values: Any) -> Learner:
    return Learner(TrainingConfig.model_validate({"modality": "US", "stage": [{"size": 16, "epochs": 1}], **values}))


@pytest.fixture(scope="module", params=VARIANTS.values(), ids=list(VARIANTS))
def learner(request: pytest.FixtureRequest) -> Learner:
    """Return a learner of each variant: each has to be compiled, which takes seconds."""
    return make(**request.param)


def batch() -> tuple[np.ndarray, np.ndarray]:
    """Return bright squares on noise, and where they are."""
    rng = np.random.default_rng(2)
    masks = np.zeros((4, 16, 16, 1), np.float32)
    for mask in masks:
        top, left = rng.integers(0, 8, 2)
        mask[top : top + 8, left : left + 8] = 1
    return (0.3 * rng.random(masks.shape) + 0.5 * masks).astype(np.float32), masks


def test_a_variant_learns(learner: Learner) -> None:
    losses = [learner.step(*batch(), 2e-3) for _ in range(12)]
    assert losses[-1] < 0.9 * losses[0]


def test_a_restored_learner_takes_the_steps_that_it_took_before(learner: Learner) -> None:
    state = learner.state()
    first = [learner.step(*batch(), 1e-3) for _ in range(3)]
    learner.restore(state)
    again = [learner.step(*batch(), 1e-3) for _ in range(3)]
    # Threads add in another order each time, and 16 bits round it up or down.
    assert again == pytest.approx(first, rel=0.02)
    assert first[0] != first[1]


def test_what_ships_is_the_plain_network_with_the_averaged_weights(learner: Learner) -> None:
    learner.follow(0)
    shipped = learner.shipping_network()
    assert shipped.name == "fast" or shipped.count_params() == PARAMETER_COUNT
    assert not any(isinstance(layer, keras.layers.BatchNormalization) for layer in shipped.layers)
    images, masks = batch()
    found = np.asarray(shipped.predict_on_batch(images))
    assert found.shape == masks.shape
    head = shipped.get_layer("head").get_weights()[0]
    assert any(np.array_equal(weight, head) for weight in learner.averaged_weights)


def test_gradients_in_float16_are_scaled() -> None:
    learner = make(policy="mixed_float16")
    assert isinstance(learner._optimizer, keras.optimizers.LossScaleOptimizer)


def test_the_same_seed_begins_with_the_same_weights() -> None:
    first, again, other = (make(seed=seed).averaged_weights[0] for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
