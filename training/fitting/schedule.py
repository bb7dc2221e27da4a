"""The learning rate over a stage.

References
----------
Loshchilov, Hutter 2017, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv 1608.03983 (the cosine).
"""

from __future__ import annotations

import math

from training.config import StageConfig

LOWEST = 0.01


def learning_rate(step: int, steps: int, stage: StageConfig) -> float:
    """Return the rate at ``step`` (from 0) of ``steps``: linear up over the warm-up, then level or a cosine to 1 %."""
    rising = round(steps * stage.warm_up)
    if step < rising:
        return stage.learning_rate * (step + 1) / rising
    if stage.schedule == "constant":
        return stage.learning_rate
    progress = (step - rising) / max(1, steps - rising)
    return stage.learning_rate * (LOWEST + (1 - LOWEST) * 0.5 * (1 + math.cos(math.pi * progress)))
