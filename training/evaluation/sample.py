"""Measured pictures as columns, and the figures that are ratios of their sums."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from training.evaluation.measured import Measured
from training.evaluation.resampling import RESAMPLES, Resampling, Statistic, Values, ratio
from training.evaluation.results import Figure, Table


class Sample:
    """Pictures of one model file, with the samples of their subjects that all intervals share."""

    def __init__(self, pictures: Sequence[Measured], *, resamples: int = RESAMPLES) -> None:
        self.pictures = tuple(pictures)
        self._resampling = Resampling([picture.subject for picture in pictures], resamples=resamples)

    def column(self, pick: Callable[[Measured], float]) -> Values:
        """Return a number of every picture, (n,)."""
        return np.array([pick(picture) for picture in self.pictures], np.float64)

    def rows(self, pick: Callable[[Measured], NDArray[Any]]) -> Values:
        """Return an array of every picture, (n, ...)."""
        return np.stack([pick(picture) for picture in self.pictures]).astype(np.float64)

    @property
    def has_structure(self) -> NDArray[np.bool_]:
        """In which pictures the expert marked anything, (n,)."""
        return self.column(lambda picture: picture.has_structure) > 0

    @property
    def has_both_kinds(self) -> bool:
        """Whether there are pictures with the structure and pictures without."""
        return len(set(self.has_structure.tolist())) == 2

    @property
    def length_unit(self) -> Literal["mm", "px"]:
        """Millimetres, or pixels where the spacing of a picture is not known."""
        return "px" if any(picture.spacing_mm is None for picture in self.pictures) else "mm"

    @property
    def pixel_lengths(self) -> Values:
        """Distance between neighbouring pixels of each picture in `length_unit`, (n,)."""
        if self.length_unit == "px":
            return np.ones(len(self.pictures))
        return self.column(lambda picture: picture.spacing_mm or math.nan)

    def figure(self, table: Table, metric: str, statistic: Statistic, **details: Any) -> Iterator[Figure]:
        """Yield ``statistic`` as a figure, or nothing where it is not defined.

        Parameters
        ----------
        details
            Other fields of `Figure`; ``n`` is the number of pictures where it is not given.
        """
        estimate = self._resampling.estimate(statistic)
        if math.isfinite(estimate.value):
            fields = {"n": len(self.pictures)} | details
            yield Figure(table=table, metric=metric, value=estimate.value, interval=estimate.interval, **fields)

    def quotient(
        self, table: Table, metric: str, numerators: Values, denominators: Values, **details: Any
    ) -> Iterator[Figure]:
        """Yield the sum of ``numerators`` over that of ``denominators``, both (n,), unless the latter is 0."""
        return self.figure(table, metric, lambda weights: ratio(weights, numerators, denominators), **details)

    def mean(self, table: Table, metric: str, values: Values, **details: Any) -> Iterator[Figure]:
        """Yield the mean of ``values`` (n,) over the pictures where it is not NaN, or nothing where it always is."""
        counts = np.isfinite(values)
        n = int(np.count_nonzero(counts))
        fields = {"n": n} | details
        return self.quotient(table, metric, np.where(counts, values, 0.0), counts.astype(np.float64), **fields)
