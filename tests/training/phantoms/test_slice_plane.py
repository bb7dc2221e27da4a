"""Smooth noise and ovals on a slice."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.phantoms.ct import Head
from training.phantoms.slice_plane import SmoothVolume, oval

HEAD = Head.draw(np.random.default_rng(0))


def test_smooth_noise_has_about_the_same_deviation_on_and_between_its_planes():
    volume = SmoothVolume.draw(np.random.default_rng(1), cells=24, levels=8)
    deviations = [volume.at(level, 192).std() for level in np.linspace(0, 1, 15)]
    assert min(deviations) > 0.75
    assert max(deviations) < 1.35


def test_neighbouring_levels_are_alike_and_distant_ones_are_not():
    volume = SmoothVolume.draw(np.random.default_rng(1), cells=24, levels=8)
    here, near, far = (volume.at(level, 96).ravel() for level in (0.4, 0.42, 0.9))
    assert np.corrcoef(here, near)[0, 1] > 0.9
    assert abs(np.corrcoef(here, far)[0, 1]) < 0.3


@settings(max_examples=25, deadline=None)
@given(half_y=st.floats(8, 30), half_x=st.floats(8, 30), turn=st.floats(-math.pi, math.pi))
def test_an_oval_has_the_area_of_its_ellipse_however_it_is_turned(half_y: float, half_x: float, turn: float):
    inside = oval(HEAD.plane(0.5, 230), (5, -4), (half_y, half_x), turn=turn) < 1
    assert inside.sum() == pytest.approx(math.pi * half_y * half_x, rel=0.05)
