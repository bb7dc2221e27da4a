"""Slow motion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.phantom.motion import PERIOD_S, Drift


@given(seed=st.integers(0, 1000), time_s=st.floats(0, 100), channel=st.integers(0, 3))
def test_drift_stays_within_one_and_repeats_after_the_period(seed: int, time_s: float, channel: int):
    drift = Drift.draw(np.random.default_rng(seed))
    assert -1 <= drift.at(time_s, channel) <= 1
    assert drift.at(time_s + PERIOD_S, channel) == pytest.approx(drift.at(time_s, channel), abs=1e-6)


def test_channels_move_independently():
    drift = Drift.draw(np.random.default_rng(0))
    paths = [[drift.at(time_s, channel) for time_s in np.linspace(0, PERIOD_S, 50)] for channel in range(4)]
    between = np.corrcoef(paths)[np.triu_indices(4, 1)]
    assert np.abs(between).max() < 0.95
