"""Slices with blood in them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import BRAIN_HU, plain_head
from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.draw import draw_bleeds, draw_deep
from training.phantoms.ct.blood.paint import bleed_into


def bled(seed: int, anatomy=None):
    rng = np.random.default_rng(seed)
    return bleed_into(rng, anatomy or plain_head(), draw_bleeds(rng, 70.0, 135.0))


def clot(clot_hu: float = 65.0):
    drawn = draw_deep(np.random.default_rng(0), Aim(70.0, 135.0))
    density = replace(drawn.density, clot_hu=clot_hu, mottle_hu=0.0, level_mm=None)
    return replace(drawn, density=density, sparseness=0.0, soft_mm=1.0, oedema_mm=6.0, displacing=0.0)


@pytest.mark.parametrize("seed", range(12))
def test_blood_lies_inside_the_skull_and_is_brighter_than_brain(seed: int):
    anatomy = plain_head()
    slice_, coverage = bled(seed)
    is_blood = coverage >= 0.5
    assert coverage.min() >= 0
    assert coverage.max() <= 1.0001
    assert (anatomy.inner_mm[is_blood] >= 0).all()
    np.testing.assert_array_equal(slice_.hu[anatomy.inner_mm < -1], anatomy.hu[anatomy.inner_mm < -1])
    if is_blood.any():
        assert np.median(slice_.hu[is_blood]) > BRAIN_HU + 5


def test_the_same_seed_gives_the_same_slice():
    (first, first_coverage), (second, second_coverage) = bled(5), bled(5)
    np.testing.assert_array_equal(first.hu, second.hu)
    np.testing.assert_array_equal(first_coverage, second_coverage)


def test_the_slice_that_was_given_stays_as_it_was():
    anatomy = plain_head()
    before = anatomy.hu.copy()
    bled(3, anatomy)
    np.testing.assert_array_equal(anatomy.hu, before)


def test_swelling_is_dark_and_the_clot_within_it_bright():
    anatomy = plain_head()
    slice_, coverage = bleed_into(np.random.default_rng(0), anatomy, [clot()])
    assert slice_.hu[coverage > 0.65].mean() == pytest.approx(65, abs=2)
    assert slice_.hu[anatomy.inner_mm > 1].min() < BRAIN_HU - 5


def test_blood_that_fills_only_a_part_of_a_thick_slice_is_fainter_there():
    anatomy = plain_head()
    thin, exact = bleed_into(np.random.default_rng(0), anatomy, [clot()])
    thick, coverage = bleed_into(np.random.default_rng(0), anatomy, [clot()], thickness_mm=12.0)
    is_part = (coverage > 0.15) & (coverage < 0.55)
    assert np.count_nonzero(is_part) > np.count_nonzero((exact > 0.15) & (exact < 0.55))
    assert BRAIN_HU < thick.hu[is_part].mean() < 60
    assert thick.hu[coverage > 0.65].mean() == pytest.approx(65, abs=2)
    assert thin.hu[exact > 0.65].mean() == pytest.approx(65, abs=2)


def test_old_blood_is_dark_and_not_covered():
    slice_, coverage = bleed_into(np.random.default_rng(0), plain_head(), [clot(15.0)])
    assert slice_.hu[plain_head().inner_mm > 1].min() < 18
    assert coverage.max() == 0


def test_a_scanned_slice_keeps_its_grain_beneath_the_blood():
    head = plain_head()
    grain = np.random.default_rng(1).normal(0, 4, head.size).astype(np.float32)
    scanned = replace(head, hu=head.hu + grain, is_scanned=True)
    slice_, coverage = bleed_into(np.random.default_rng(0), scanned, [clot()])
    assert 2.5 < slice_.hu[coverage > 0.68].std() < 6
    smooth, _ = bleed_into(np.random.default_rng(0), head, [clot()])
    assert smooth.hu[coverage > 0.68].std() < 1


def test_a_calcification_stays_as_bright_as_it_is():
    head = plain_head()
    x, y, _ = clot().lobes[0].centre_mm
    is_chalk = np.hypot(head.x_mm - x, head.y_mm - y) < 2
    slice_, _ = bleed_into(
        np.random.default_rng(0), replace(head, hu=np.where(is_chalk, np.float32(300), head.hu)), [clot()]
    )
    np.testing.assert_allclose(slice_.hu[is_chalk], 300)
