"""Smooth motion that repeats after `PERIOD_S`, so that a clip of that length loops without a jump."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

PERIOD_S = 8.0


@dataclass(frozen=True, slots=True)
class Drift:
    """Independent slow movements, one per channel, each a sum of the first harmonics of the period."""

    weights: tuple[tuple[float, ...], ...]
    phases: tuple[tuple[float, ...], ...]

    @classmethod
    def draw(cls, rng: np.random.Generator, *, channels: int = 4, harmonics: int = 3) -> Drift:
        """Draw movements at random."""
        weights = rng.uniform(0.3, 1, (channels, harmonics)) / np.arange(1, harmonics + 1)
        phases = rng.uniform(0, 2 * math.pi, (channels, harmonics))
        return cls(
            tuple(map(tuple, (weights / weights.sum(axis=1, keepdims=True)).tolist())),
            tuple(map(tuple, phases.tolist())),
        )

    def at(self, time_s: float, channel: int) -> float:
        """Return the excursion of ``channel`` at ``time_s``, -1 to 1."""
        turn = 2 * math.pi * time_s / PERIOD_S
        terms = zip(self.weights[channel], self.phases[channel], strict=True)
        return sum(weight * math.sin(order * turn + phase) for order, (weight, phase) in enumerate(terms, start=1))
