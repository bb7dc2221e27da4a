"""Whether of the pixels that are given 70 % seven in ten belong to the structure.

References
----------
Naeini, Cooper, Hauskrecht 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 29
(expected calibration error).
Guo, Pleiss, Sun, Weinberger 2017, "On Calibration of Modern Neural Networks", ICML 34 (reliability diagram).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from training.evaluation.resampling import Values, Weights, divide

BINS = 100
"""Each one per cent wide: there are pixels enough, and wide bins hide what cancels within them."""


def calibration_sums(probability: NDArray[np.float32], expert: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return pixels, sum of probabilities and pixels in ``expert``, for each bin of ``probability`` (H, W).

    (3, `BINS`).
    """
    values = probability.ravel()
    bins = np.minimum((values * BINS).astype(np.intp), BINS - 1)
    pixels = np.bincount(bins, minlength=BINS)
    return np.stack(
        [
            pixels.astype(np.float64),
            np.bincount(bins, weights=values, minlength=BINS),
            np.bincount(bins[expert.ravel()], minlength=BINS).astype(np.float64),
        ]
    )


def expected_calibration_error(weights: Weights, sums: Values, *, first_bin: int = 0) -> Values:
    """Return the mean over pixels of how far probability and truth are apart in their bin, for each sample (k,).

    Parameters
    ----------
    sums
        Of each picture, (n, 3, `BINS`).
    first_bin
        Pixels of lower bins are left out: nearly all of a picture is certainly background.
    """
    pixels, confidence, hits = (weights @ sums[:, row, first_bin:] for row in range(3))
    total = pixels.sum(axis=1)
    distance = np.abs(confidence - hits).sum(axis=1)
    return divide(distance, total)
