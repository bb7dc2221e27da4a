"""Blood in the ventricles."""

from dataclasses import replace

import numpy as np

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.intraventricular import Filling
from training.phantoms.ct.slice import Floats, Slice


def with_ventricles() -> Slice:
    """Return a head with one oval ventricle on either side."""
    head = plain_head()
    is_open = np.hypot((np.abs(head.x_mm) - 16) / 8, head.y_mm / 35) < 1
    return replace(head, ventricles=is_open.astype(np.float32))


def filling(**changes: object) -> Filling:
    drawn = Filling.draw(np.random.default_rng(0))
    density = replace(drawn.density, clot_hu=65.0, mottle_hu=0.0)
    return replace(drawn, density=density, lean=0.0, **changes)


def visible(bleed: Filling, anatomy: Slice) -> Floats:
    stain = bleed.stain(anatomy)
    assert stain is not None
    return stain.visible


def test_a_layer_lies_at_the_back_of_its_ventricle_and_is_as_high_as_drawn():
    anatomy = with_ventricles()
    is_blood = visible(filling(sides=(0.0, 0.0, 0.0), layer_mm=(10.0, 0.0)), anatomy) >= 0.5
    assert is_blood.sum() > 20
    assert (anatomy.ventricles[is_blood] == 1).all()
    assert (anatomy.x_mm[is_blood] < 0).all()
    assert 18 < anatomy.y_mm[is_blood].min() < 28


def test_a_cast_fills_its_ventricle_and_not_the_other():
    anatomy = with_ventricles()
    is_blood = visible(filling(sides=(0.0, 0.0, 1.0), layer_mm=(0.0, 0.0)), anatomy) >= 0.5
    right = (anatomy.ventricles == 1) & (anatomy.x_mm > 0)
    assert is_blood[right].mean() > 0.85
    assert not is_blood[anatomy.x_mm < 0].any()


def test_half_a_clot_fills_about_half():
    anatomy = with_ventricles()
    share = [
        (visible(replace(filling(), sides=(0.5, 0.5, 0.5), layer_mm=(0.0, 0.0), patches=other.patches), anatomy) >= 0.5)
        [anatomy.ventricles == 1].mean()
        for other in (Filling.draw(np.random.default_rng(seed)) for seed in range(5))
    ]  # fmt: skip
    assert 0.25 < np.mean(share) < 0.75


def test_without_ventricles_there_is_nothing():
    assert filling().stain(plain_head()) is None
