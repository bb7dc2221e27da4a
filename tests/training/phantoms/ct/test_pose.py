"""A real slice in another pose is still a head, and all of its fields move together."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import BRAIN_HU, plain_head
from training.phantoms.ct.pose import pose


@pytest.mark.parametrize("seed", range(8))
def test_brain_stays_where_the_depth_says_that_it_is(seed: int):
    head = replace(plain_head(), is_scanned=True)
    posed = pose(np.random.default_rng(seed), head)
    assert posed.is_scanned
    assert not np.array_equal(posed.hu, head.hu)
    np.testing.assert_allclose(posed.hu[posed.inner_mm > 3], BRAIN_HU, atol=1)
    assert (posed.hu[(posed.inner_mm < -2) & (posed.inner_mm > -5)] > 1000).all()


@pytest.mark.parametrize("seed", range(8))
def test_the_middle_of_the_head_keeps_its_coordinates(seed: int):
    posed = pose(np.random.default_rng(seed), plain_head())
    middle = np.hypot(posed.x_mm, posed.y_mm).argmin()
    assert posed.inner_mm.flat[middle] == pytest.approx(posed.inner_mm.max(), abs=1)


def test_positions_grow_with_the_head():
    head = plain_head()
    posed = pose(np.random.default_rng(1), head)
    scale = posed.height_mm / head.height_mm
    assert posed.inner_mm.max() == pytest.approx(scale * head.inner_mm.max(), rel=0.02)
    assert np.median(posed.z_mm) == pytest.approx(scale * 70, rel=0.01)
