"""What is measured and chosen on the validation part."""

from __future__ import annotations

from collections.abc import Iterable

import keras
import numpy as np
from numpy.typing import NDArray

from training.metrics import Overlap
from training.samples import Samples

BATCH = 16
THRESHOLDS = tuple(round(float(value), 2) for value in np.arange(0.3, 0.71, 0.05))


def predict(model: keras.Model, images: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probability maps (n, h, w) of ``images`` (n, h, w), both 0 to 1."""
    parts = [
        np.asarray(model.predict_on_batch(images[start : start + BATCH, :, :, np.newaxis]))[:, :, :, 0]
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)


def mean_dice(probabilities: NDArray[np.float32], masks: NDArray[np.float32], threshold: float) -> float:
    """Return the mean Dice over the pictures of ``probabilities`` and ``masks``, both (n, h, w)."""
    pairs = zip(masks, probabilities >= threshold, strict=True)
    return float(np.mean([Overlap.of(mask, found).dice for mask, found in pairs]))


def choose_threshold(model: keras.Model, samples: Samples, among: Iterable[float] = THRESHOLDS) -> tuple[float, float]:
    """Return the threshold with the highest mean Dice on ``samples``, and that Dice."""
    probabilities = predict(model, samples.images)
    scores = {threshold: mean_dice(probabilities, samples.masks, threshold) for threshold in among}
    best = max(scores, key=lambda threshold: scores[threshold])
    return best, scores[best]
