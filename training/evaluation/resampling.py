"""Intervals that respect that pictures of one patient resemble one another: whole patients are drawn, not pictures.

References
----------
Efron 1979, "Bootstrap Methods: Another Look at the Jackknife", doi 10.1214/aos/1176344552.
Field, Welsh 2007, "Bootstrapping clustered data", doi 10.1111/j.1467-9868.2007.00593.x.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
INTERVAL = (2.5, 97.5)

Weights = NDArray[np.float64]
"""How often each of n pictures is in each of k samples, (k, n)."""

Values = NDArray[np.float64]
Statistic = Callable[[Weights], Values]
"""From weights (k, n) to a value of each sample (k,), NaN where it is not defined."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; NaN where it is not defined, None where it is in no resample."""

    value: float
    interval: tuple[float, float] | None


class Resampling:
    """Samples of as many subjects as there are, drawn with replacement, each with all its pictures.

    A sample is nothing but a weight for each picture, so that a figure of every sample comes out of sums over
    pictures that are made once.

    Parameters
    ----------
    subjects
        The subject of each picture.
    """

    def __init__(self, subjects: Sequence[str], *, resamples: int = RESAMPLES, seed: int = 0) -> None:
        names, owner = np.unique(np.asarray(subjects), return_inverse=True)
        rng = np.random.default_rng(seed)
        drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
        self._weights: Weights = drawn[:, owner].astype(np.float64)

    def estimate(self, statistic: Statistic) -> Estimate:
        """Return ``statistic`` of the pictures as they are, and its interval over the samples."""
        value = float(statistic(np.ones((1, self._weights.shape[1])))[0])
        values = statistic(self._weights)
        defined = values[np.isfinite(values)]
        if defined.size == 0:
            return Estimate(value, None)
        low, high = np.percentile(defined, INTERVAL)
        return Estimate(value, (float(low), float(high)))


def ratio(weights: Weights, numerators: Values, denominators: Values) -> Values:
    """Return the weighted sum of ``numerators`` over that of ``denominators``, each (n,) or (n, m), as (k,) or (k, m).

    NaN where the denominators sum to nothing.
    """
    return divide(weights @ numerators, weights @ denominators)


def divide(numerators: Values, denominators: Values) -> Values:
    """Return the quotient of two arrays that broadcast to one shape, NaN unless the denominator is above 0."""
    above, below = np.broadcast_arrays(numerators, denominators)
    quotient: Values = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return quotient
