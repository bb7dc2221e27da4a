"""Density of clots and of settled blood."""

from dataclasses import replace

import numpy as np

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.density import Density, visibility


def densities(**options: float) -> list[Density]:
    return [Density.draw(np.random.default_rng(seed), **options) for seed in range(200)]


def test_fresh_blood_lies_where_it_was_measured_and_some_of_it_is_faint():
    clots = np.array([density.clot_hu for density in densities(faint_share=0.2)])
    assert clots.min() >= 36
    assert clots.max() <= 88
    assert 57 < np.median(clots) < 66
    assert 0.1 < (clots < 51).mean() < 0.4


def test_settled_cells_are_denser_than_the_serum_above_them():
    density = replace(densities()[0], level_mm=10.0, clot_hu=65.0, mottle_hu=1.0, serum_hu=20.0)
    anatomy = plain_head(96)
    hu = density.at(anatomy)
    assert hu[anatomy.y_mm > 20].mean() > 60
    np.testing.assert_allclose(hu[anatomy.y_mm < 0], 20, atol=0.1)


def test_blood_like_brain_is_not_outlined_fresh_blood_is_and_faint_blood_with_a_margin():
    np.testing.assert_allclose(visibility(np.array([20, 31, 40, 70], np.float32)), [0, 0, 1, 0.69], rtol=1e-6)
