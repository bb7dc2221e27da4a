"""The learning rate rises, then falls as a cosine."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.schedule import learning_rate


@settings(deadline=None)
@given(st.integers(1, 500), st.floats(0, 0.5))
def test_it_stays_above_zero_and_never_exceeds_the_highest(steps: int, warm_up: float) -> None:
    rates = [learning_rate(step, steps, highest=0.2, warm_up=warm_up) for step in range(steps)]
    assert all(0 < rate <= 0.2 * (1 + 1e-9) for rate in rates)


def test_it_rises_over_the_warm_up_and_falls_afterwards() -> None:
    rates = [learning_rate(step, 100, highest=1.0, warm_up=0.1) for step in range(100)]
    assert rates[:10] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
    assert all(later < earlier for earlier, later in pairwise(rates[10:]))
    assert rates[-1] < 0.012
