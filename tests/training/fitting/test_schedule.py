"""The learning rate rises, then falls as a cosine or stays."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.config import StageConfig
from training.fitting.schedule import learning_rate


def stage(**values: Any) -> StageConfig:
    return StageConfig.model_validate({"size": 32, "epochs": 1, "learning_rate": 1.0, **values})


@settings(deadline=None)
@given(st.integers(1, 500), st.floats(0, 0.5), st.sampled_from(["cosine", "constant"]))
def test_it_stays_above_zero_and_never_exceeds_the_highest(steps: int, warm_up: float, schedule: str) -> None:
    made = stage(learning_rate=0.2, warm_up=warm_up, schedule=schedule)
    assert all(0 < learning_rate(step, steps, made) <= 0.2 * (1 + 1e-9) for step in range(steps))


def test_it_rises_over_the_warm_up_and_falls_afterwards() -> None:
    rates = [learning_rate(step, 100, stage(warm_up=0.1)) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    assert all(later < earlier for earlier, later in pairwise(rates[10:]))
    assert rates[-1] < 0.012


def test_a_constant_rate_stays_after_the_warm_up() -> None:
    rates = [learning_rate(step, 10, stage(warm_up=0.2, schedule="constant")) for step in range(10)]
    assert rates == pytest.approx([0.5] + [1.0] * 9)
