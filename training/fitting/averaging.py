"""The running average of the weights, which generalises better than the weights themselves.

References
----------
Polyak, Juditsky 1992, "Acceleration of Stochastic Approximation by Averaging", doi 10.1137/0330046.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Arrays = list[NDArray[np.float32]]


class WeightAverage:
    """Exponential moving average of all weights, the statistics of batch normalisation included."""

    def __init__(self, weights: Sequence[NDArray[np.float32]], updates: int = 0) -> None:
        self.weights: Arrays = [np.array(weight, np.float32) for weight in weights]
        self.updates = updates

    def update(self, weights: Sequence[NDArray[np.float32]], decay: float) -> None:
        """Move the average towards ``weights``; faster at first, so that the random start is soon forgotten.

        ``decay`` is 0 (no average: the weights themselves) to 1.
        """
        self.updates += 1
        share = 1 - min(decay, (1 + self.updates) / (10 + self.updates))
        for average, weight in zip(self.weights, weights, strict=True):
            np.add(average, share * (weight - average), out=average)
