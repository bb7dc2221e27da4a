"""Random factors."""

from __future__ import annotations

import numpy as np


def draw_factor(rng: np.random.Generator, limit: float | tuple[float, float]) -> float:
    """Draw between 1/limit and limit so that growing and shrinking are equally likely, or uniformly from a pair."""
    if isinstance(limit, tuple):
        return float(rng.uniform(*limit))
    return float(np.exp(rng.uniform(-1, 1) * np.log(limit)))
