"""Blood within the brain."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.intraparenchymal import (
    Lump,
    draw_contusions,
    draw_deep,
    draw_lobar,
    draw_specks,
    draw_transformed,
)
from training.phantoms.ct.blood.stain import coarsen
from training.phantoms.ct.slice import Slice

AIM = Aim(70.0, 135.0)


def lump(seed: int = 0, **changes: object) -> Lump:
    """Return a deep, fresh, dense lump with ``changes``."""
    drawn = draw_deep(np.random.default_rng(seed), AIM)
    density = replace(drawn.density, clot_hu=65.0, mottle_hu=0.0, level_mm=None)
    return replace(drawn, density=density, sparseness=0.0, **changes)


def mask(bleed: Lump, anatomy: Slice) -> np.ndarray:
    picture = np.zeros(anatomy.size, np.bool_)
    stain = bleed.stain(anatomy)
    if stain is not None:
        picture[stain.window] = stain.visible >= 0.5
    return picture


@pytest.mark.parametrize("seed", range(5))
def test_a_lump_covers_its_middle_and_leaves_the_skull_alone(seed: int):
    anatomy, drawn = plain_head(), lump(seed)
    is_blood = mask(drawn, anatomy)
    x, y, _ = drawn.lobes[0].centre_mm
    nearest = np.unravel_index(np.argmin(np.hypot(anatomy.x_mm - x, anatomy.y_mm - y)), anatomy.size)
    assert is_blood[nearest]
    assert (anatomy.inner_mm[is_blood] > 0).all()


def test_a_lump_fills_ventricles_only_once_it_has_broken_into_them():
    anatomy = plain_head()
    flooded = replace(anatomy, ventricles=np.ones(anatomy.size, np.float32))
    assert not mask(lump(is_ruptured=False), flooded).any()
    assert mask(lump(is_ruptured=True), flooded).any()


def test_swelling_surrounds_the_lump_and_thins_out():
    anatomy = plain_head()
    stain = lump(oedema_mm=8.0).stain(anatomy)
    assert stain is not None
    assert stain.water is not None
    outside = stain.share == 0
    assert stain.water[~outside].min() > stain.water[outside].mean()
    assert lump(oedema_mm=0.0).stain(anatomy).water is None


def test_a_slice_far_above_is_not_met():
    anatomy = plain_head()
    assert lump().stain(replace(anatomy, z_mm=anatomy.z_mm + 60)) is None


def test_the_spots_of_a_contusion_leave_brain_between_them_but_are_outlined_as_one():
    anatomy = plain_head()
    full, sparse = lump(3).stain(anatomy), replace(lump(3), sparseness=0.4).stain(anatomy)
    assert full is not None
    assert sparse is not None
    assert sparse.share.sum() < 0.9 * full.share.sum()
    assert (sparse.visible >= 0.5).sum() > 0.7 * (full.visible >= 0.5).sum()


def test_the_brain_around_gives_way_outwards():
    coarse, drawn = coarsen(plain_head()), lump(1, displacing=0.6)
    move = drawn.push(coarse)
    assert move is not None
    x, y, _ = drawn.lobes[0].centre_mm
    outwards = move[0] * (coarse.x_mm - x) + move[1] * (coarse.y_mm - y)
    assert outwards.min() >= 0
    assert outwards.max() > 10


def test_specks_are_tiny_and_lobar_lumps_are_not():
    anatomy = plain_head()
    specks = [bleed for seed in range(10) for bleed in draw_specks(np.random.default_rng(seed), AIM)]
    lobar = [draw_lobar(np.random.default_rng(seed), AIM) for seed in range(10)]
    areas_mm2 = [[mask(bleed, anatomy).sum() * anatomy.pixel_mm**2 for bleed in group] for group in (specks, lobar)]
    assert max(areas_mm2[0]) < 90
    assert np.median(areas_mm2[1]) > 150


def test_contusions_lie_near_the_surface():
    first = [draw_contusions(np.random.default_rng(seed), AIM)[0].lobes[0].centre_mm for seed in range(40)]
    assert np.median([np.hypot(x / 66, y / 83) for x, y, _ in first]) > 0.7


def test_what_has_bled_into_a_lesion_lies_in_swelling():
    lumps = draw_transformed(np.random.default_rng(0), AIM)
    assert 1 <= len(lumps) <= 4
    assert all(bleed.oedema_mm >= 6 for bleed in lumps)
