"""Elastic displacements are smooth, and as strong as the study's numbers make them."""

from __future__ import annotations

import numpy as np
import pytest

from training.augmentation.elastic import draw_displacement


def test_neighbours_move_alike() -> None:
    displacement = draw_displacement(np.random.default_rng(1), 20, 3, (64, 64))
    assert displacement.shape == (64, 64, 2)
    steps = np.abs(np.diff(displacement, axis=0))
    assert 0 < steps.max() < np.abs(displacement).max()


def test_the_studys_strength_moves_pixels_by_about_one_at_most_on_average() -> None:
    """White noise of variance 1/3 smoothed by sigma keeps a deviation of 1 / (2 sigma sqrt(3 pi)), times alpha."""
    rng = np.random.default_rng(1)
    deviations = [draw_displacement(rng, 20, 3, (64, 64)).std() for _ in range(100)]
    assert max(deviations) == pytest.approx(20 / (2 * 3 * np.sqrt(3 * np.pi)), rel=0.15)
    assert np.mean(deviations) == pytest.approx(0.5 * max(deviations), rel=0.2)
