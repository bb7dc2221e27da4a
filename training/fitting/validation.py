"""What is measured and chosen on the validation part."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from training.config import ScoreName
from training.data.samples import unit_images
from training.fitting.losses import Loss
from training.metrics import Overlap

BATCH = 16
THRESHOLDS = tuple(round(float(value), 2) for value in np.arange(0.1, 0.91, 0.05))


@dataclass(frozen=True, slots=True)
class Scores:
    """How well masks were found.

    Attributes
    ----------
    mean_dice
        Mean over the pictures that show the structure. Blind to false alarms on the others.
    pooled_dice
        Of all pixels of all pictures counted as one.
    """

    mean_dice: float
    pooled_dice: float

    def of(self, name: ScoreName) -> float:
        """Return the score of that name."""
        return self.mean_dice if name == "mean_dice" else self.pooled_dice


def predict(model: keras.Model, images: NDArray[Any]) -> NDArray[np.float32]:
    """Return the probability maps (n, h, w), 0 to 1, of ``images`` (n, h, w) uint8 as `Samples` hold them."""
    parts = [
        np.asarray(
            keras.ops.convert_to_numpy(
                model.predict_on_batch(unit_images(images[start : start + BATCH])[..., np.newaxis])
            )
        )[..., 0]
        for start in range(0, len(images), BATCH)
    ]
    return np.concatenate(parts)


def mean_loss(loss: Loss, probabilities: NDArray[np.float32], masks: NDArray[np.bool_]) -> float:
    """Return the mean of ``loss`` over the pictures of ``probabilities`` and ``masks``, both (n, h, w).

    A loss that pools the pictures of a batch is pooled here over `BATCH` of them.
    """
    total = 0.0
    for start in range(0, len(masks), BATCH):
        found, expected = probabilities[start : start + BATCH], masks[start : start + BATCH]
        value = loss(expected[..., np.newaxis].astype(np.float32), found[..., np.newaxis])
        total += float(keras.ops.convert_to_numpy(value)) * len(found)
    return total / len(masks)


def score(probabilities: NDArray[np.float32], masks: NDArray[np.bool_], threshold: float) -> Scores:
    """Return the scores of ``probabilities`` against ``masks``, both (n, h, w).

    Raises
    ------
    ValueError
        No picture shows the structure.
    """
    overlaps = [Overlap.of(mask, found >= threshold) for mask, found in zip(masks, probabilities, strict=True)]
    dices = [overlap.dice for overlap in overlaps if overlap.expert]
    if not dices:
        raise ValueError(f"the mean is over pictures that show the structure; none of {len(masks)} does")
    return Scores(float(np.mean(dices)), Overlap.pool(overlaps).dice)


def choose_threshold(
    probabilities: NDArray[np.float32],
    masks: NDArray[np.bool_],
    by: ScoreName,
    among: Iterable[float] = THRESHOLDS,
) -> tuple[float, float]:
    """Return the threshold with the highest score ``by``, and that score."""
    scores = {threshold: score(probabilities, masks, threshold).of(by) for threshold in among}
    best = max(scores, key=lambda threshold: scores[threshold])
    return best, scores[best]
