"""What becomes of overlaps and areas as the threshold moves, from sums that are made once per picture.

References
----------
Pearson 1895, "Note on regression and inheritance in the case of two parents", doi 10.1098/rspl.1895.0041.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.evaluation.resampling import Values, Weights, divide

THRESHOLDS = tuple(step / 100 for step in range(1, 101))
"""The study's 100 thresholds."""


def pixels_reaching(probabilities: NDArray[np.float32]) -> NDArray[np.int_]:
    """Return how many of ``probabilities``, of any shape, reach each of `THRESHOLDS`, (100,)."""
    ranked = np.sort(probabilities, axis=None)
    return ranked.size - np.searchsorted(ranked, np.asarray(THRESHOLDS, np.float32), side="left")


def two_class_iou(hits: NDArray[Any], expert: NDArray[Any], model: NDArray[Any], pixels: NDArray[Any]) -> Values:
    """Return the mean of the structure's IoU and the background's: Keras' ``MeanIoU`` over two classes.

    Parameters
    ----------
    hits, expert, model, pixels
        Pixels in both masks, in the expert's, in the model's, and in the picture; of one shape. A class that is in
        neither mask does not count, as in Keras.
    """
    foreground, background = expert + model - hits, pixels - hits
    with np.errstate(invalid="ignore", divide="ignore"):
        both = np.stack([hits / foreground, (pixels - foreground) / background])
    return np.asarray(np.nanmean(both, axis=0), np.float64)


def pearson(weights: Weights, first: Values, second: Values) -> Values:
    """Return Pearson's r of each sample between the columns of ``first`` (n, m) and ``second`` (n,), (k, m).

    NaN where one of them does not vary.
    """
    total = weights.sum(axis=1, keepdims=True)
    # Centred first, so that the sums below do not cancel; each sample has its own mean all the same.
    first, second = first - first.mean(axis=0), (second - second.mean())[:, np.newaxis]
    mean_first, mean_second = weights @ first / total, weights @ second / total
    covariance = weights @ (first * second) / total - mean_first * mean_second
    variance_first = weights @ first**2 / total - mean_first**2
    variance_second = weights @ second**2 / total - mean_second**2
    scale = np.sqrt(np.maximum(variance_first, 0) * np.maximum(variance_second, 0))
    varies = (variance_first > 1e-9 * (1 + mean_first**2)) & (variance_second > 1e-9 * (1 + mean_second**2))
    return divide(covariance, np.where(varies, scale, 0.0))
