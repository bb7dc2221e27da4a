"""The learning rate over a stage.

References
----------
Loshchilov, Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv 1608.03983 (the cosine).
"""

from __future__ import annotations

import math

LOWEST = 0.01


def learning_rate(step: int, steps: int, *, highest: float, warm_up: float) -> float:
    """Return the rate at ``step`` (from 0) of ``steps``: linear up over the share ``warm_up``, then a cosine to 1 %."""
    rising = round(steps * warm_up)
    if step < rising:
        return highest * (step + 1) / rising
    progress = (step - rising) / max(1, steps - rising)
    return highest * (LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * progress)))
