"""The brushes that tissue is painted with."""

import numpy as np
import pytest

from streamseg.phantom.beams import LINES, SAMPLES, Beams
from streamseg.phantom.tissue import facets, ridge, skin_layers, smooth_noise, soft_step


def test_smooth_noise_has_mean_0_deviation_1_and_varies_slower_with_fewer_cells():
    coarse, fine = (smooth_noise(np.random.default_rng(2), cells) for cells in ((4, 4), (60, 40)))
    for noise in (coarse, fine):
        assert noise.shape == (SAMPLES, LINES)
        assert noise.mean() == pytest.approx(0, abs=1e-3)
        assert noise.std() == pytest.approx(1, abs=1e-3)
    assert np.abs(np.diff(coarse, axis=0)).mean() < 0.3 * np.abs(np.diff(fine, axis=0)).mean()


def test_a_soft_step_rises_from_0_to_1_and_a_ridge_is_1_only_near_0():
    value = np.float32([-9, 0, 9])
    np.testing.assert_allclose(soft_step(value, 1), [0, 0.5, 1], atol=1e-4)
    np.testing.assert_allclose(ridge(value, 3), [0, 1, 0], atol=1e-4)


def test_skin_is_near_the_transducer_and_facets_are_where_they_were_asked_for():
    beams = Beams(radius_mm=50, depth_mm=140, half_width=0.5)
    skin = skin_layers(np.random.default_rng(0), beams)
    assert skin[: SAMPLES // 4].max() > 0.1
    assert skin[SAMPLES // 2 :].max() < 1e-3
    painted = facets(np.random.default_rng(0), [(100.0, 200.0)], 1.0)
    row, column = np.unravel_index(painted.argmax(), painted.shape)
    assert abs(row - 200) < 3
    assert abs(column - 100) < 3
