"""How well two masks agree. Pure functions of arrays.

References
----------
Dice 1945, "Measures of the Amount of Ecologic Association Between Species", doi 10.2307/1932409.
Jaccard 1912, "The Distribution of the Flora in the Alpine Zone", doi 10.1111/j.1469-8137.1912.tb05611.x.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Overlap:
    """Pixels in both masks, in the expert's, and in the model's."""

    both: int
    expert: int
    model: int

    @classmethod
    def of(cls, expert: NDArray[Any], model: NDArray[Any]) -> Overlap:
        """Count the pixels of two masks of one shape, each bool or 0 and 1.

        Raises
        ------
        ValueError
            Their shapes differ.
        """
        if expert.shape != model.shape:
            raise ValueError(f"masks must have one shape, got {expert.shape} and {model.shape}")
        expert, model = expert.astype(bool), model.astype(bool)
        return cls(int(np.count_nonzero(expert & model)), int(np.count_nonzero(expert)), int(np.count_nonzero(model)))

    @classmethod
    def pool(cls, overlaps: Iterable[Overlap]) -> Overlap:
        """Return the overlap of many pictures counted as one."""
        parts = list(overlaps)
        return cls(
            sum(part.both for part in parts), sum(part.expert for part in parts), sum(part.model for part in parts)
        )

    @property
    def dice(self) -> float:
        """Dice's coefficient, 0 to 1; 1 where both masks are empty."""
        total = self.expert + self.model
        return 2 * self.both / total if total else 1.0

    @property
    def iou(self) -> float:
        """Intersection over union (Jaccard's index), 0 to 1; 1 where both masks are empty."""
        union = self.expert + self.model - self.both
        return self.both / union if union else 1.0
