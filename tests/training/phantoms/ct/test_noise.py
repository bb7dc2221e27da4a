"""Smooth noise in space."""

import numpy as np

from training.phantoms.ct.noise import CELLS, SmoothNoise, enlarge


def grid(span_mm: float, z_mm: float, size: int = 64) -> np.ndarray:
    axis = np.linspace(0, span_mm, size, dtype=np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    return np.stack([x, y, np.full_like(x, z_mm)])


def test_noise_has_mean_0_and_a_deviation_of_about_1():
    noise = SmoothNoise.draw(np.random.default_rng(0), 5.0)
    values = np.stack([noise.at(grid(CELLS * 5.0, z)) for z in np.linspace(0, CELLS * 5.0, 9)])
    assert abs(values.mean()) < 0.1
    assert 0.85 < values.std() < 1.15


def test_noise_hardly_changes_within_a_small_part_of_a_cell_and_does_within_some():
    noise = SmoothNoise.draw(np.random.default_rng(1), 10.0)
    here, near, far = (noise.at(grid(150, z)) for z in (0.0, 0.5, 30.0))
    assert np.abs(near - here).mean() < 0.1
    assert abs(np.corrcoef(here.ravel(), far.ravel())[0, 1]) < 0.25


def test_a_field_is_enlarged_without_a_shift():
    ramp = np.tile(np.arange(16, dtype=np.float32), (16, 1))
    large = enlarge(ramp, 4)
    assert large.shape == (64, 64)
    np.testing.assert_allclose(large[:, 16:48].mean(), ramp[:, 4:12].mean(), atol=1e-3)
