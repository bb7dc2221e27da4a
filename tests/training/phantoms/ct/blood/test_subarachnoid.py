"""Blood in the fluid around the brain."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.stain import Stain
from training.phantoms.ct.blood.subarachnoid import Film, draw_cisternal, draw_convexity, draw_interhemispheric
from training.phantoms.ct.slice import Slice

AIM = Aim(70.0, 135.0)


def film(**changes: object) -> Film:
    """Return blood that fills the fluid on the right of the picture, without narrow sulci, with ``changes``."""
    drawn = draw_convexity(np.random.default_rng(2), AIM)
    density = replace(drawn.density, clot_hu=65.0, mottle_hu=0.0)
    plain = replace(drawn, centre_mm=(55.0, 0.0, 70.0), half_mm=(30.0, 30.0, 30.0), density=density, filling=1.0)
    return replace(plain, **({"fold_mm": 0.0, "cleft_mm": 0.0} | changes))


def furrowed() -> Slice:
    """Return a head with one furrow 4 mm wide along x, on both sides."""
    head = plain_head()
    return replace(head, fluid=(np.abs(head.y_mm) < 2).astype(np.float32))


def stained(bleed: Film, anatomy: Slice) -> Stain:
    stain = bleed.stain(anatomy)
    assert stain is not None
    return stain


def test_blood_lies_in_the_fluid_of_its_region_only():
    anatomy = furrowed()
    is_blood = stained(film(), anatomy).visible >= 0.5
    assert is_blood.sum() > 20
    assert np.abs(anatomy.y_mm[is_blood]).max() < 4
    assert anatomy.x_mm[is_blood].min() > 5


def test_sulci_that_were_closed_show_as_lines_near_the_surface():
    anatomy = plain_head()
    bleed = film(fold_mm=1.2, reach_mm=15.0, rim_mm=0.0)
    is_blood = stained(bleed, anatomy).visible >= 0.5
    in_reach = (anatomy.inner_mm > 0) & (anatomy.inner_mm < 14) & (np.hypot(anatomy.x_mm - 55, anatomy.y_mm) < 20)
    assert 0.03 < is_blood[in_reach].mean() < 0.6
    assert anatomy.inner_mm[is_blood].max() < 15.5
    assert film().stain(anatomy) is None


def test_blood_between_the_hemispheres_follows_the_falx():
    head = plain_head()
    anatomy = replace(head, falx_mm=np.abs(head.x_mm))
    bleed = film(cleft_mm=2.0, centre_mm=(0.0, -50.0, 70.0))
    is_blood = stained(bleed, anatomy).visible >= 0.5
    assert is_blood.sum() > 20
    assert np.abs(anatomy.x_mm[is_blood]).max() < 4


def test_thinned_blood_is_neither_as_dense_nor_as_visible():
    anatomy = furrowed()
    full, thin = stained(film(), anatomy), stained(film(filling=0.45), anatomy)
    assert thin.share.max() == pytest.approx(0.45)
    assert (thin.visible >= 0.5).sum() < (full.visible >= 0.5).sum()


@pytest.mark.parametrize("draw", [draw_convexity, draw_cisternal, draw_interhemispheric])
def test_what_is_drawn_is_met_by_the_slice(draw):
    for seed in range(8):
        drawn = draw(np.random.default_rng(seed), AIM)
        assert abs(drawn.centre_mm[2] - 70) < drawn.half_mm[2]


def test_another_slice_far_away_shows_none():
    anatomy = furrowed()
    assert film().stain(replace(anatomy, z_mm=anatomy.z_mm + 80)) is None
