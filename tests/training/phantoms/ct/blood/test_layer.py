"""Layers on the skull, epidural and subdural, and sheets along the membranes."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.epidural import draw_epidural
from training.phantoms.ct.blood.layer import Layer
from training.phantoms.ct.blood.stain import coarsen
from training.phantoms.ct.blood.subdural import AGEING_HU, AGEING_MM, AGEING_SHARE, Sheet, draw_subdural
from training.phantoms.ct.noise import SmoothNoise
from training.phantoms.ct.slice import Slice

AIM = Aim(70.0, 135.0)


def even(layer: Layer, **changes: object) -> Layer:
    """Return a layer 10 mm thick on the right of the picture, fresh and of even thickness, with ``changes``."""
    density = replace(layer.density, clot_hu=65.0, mottle_hu=0.0, level_mm=None)
    plain = replace(layer, direction_rad=0.0, middle_mm=70.0, thickness_mm=10.0, unevenness=0.0, skew=0.0)
    return replace(plain, density=density, bubbles=None, **changes)


def subdural(seed: int = 0) -> Layer:
    return draw_subdural(np.random.default_rng(seed), AIM)


def blood(layer: Layer | Sheet, anatomy: Slice | None = None) -> np.ndarray:
    anatomy = anatomy or plain_head()
    stain = layer.stain(anatomy)
    picture = np.zeros(anatomy.size, np.bool_)
    if stain is not None:
        picture[stain.window] = stain.visible >= 0.5
    return picture


def test_a_crescent_lies_on_the_skull_and_is_as_thick_as_drawn():
    anatomy, is_blood = plain_head(), blood(even(subdural()))
    assert is_blood.sum() > 100
    assert 0 < anatomy.inner_mm[is_blood].min() < 1.5
    assert anatomy.inner_mm[is_blood].max() == pytest.approx(10, abs=1.2)


@pytest.mark.parametrize("seed", range(6))
def test_subdural_blood_stays_on_its_side_and_inside_the_skull(seed: int):
    layer = subdural(seed)
    anatomy, is_blood = plain_head(), blood(layer)
    side = math.copysign(1, math.cos(layer.direction_rad))
    assert (anatomy.x_mm[is_blood] * side > -2).all()
    assert (anatomy.inner_mm[is_blood] > -anatomy.pixel_mm).all()


def test_epidural_blood_may_cross_the_midline_and_is_shorter_and_more_blunt():
    lenses = [draw_epidural(np.random.default_rng(seed), AIM) for seed in range(40)]
    crescents = [subdural(seed) for seed in range(40)]
    assert all(lens.crosses_midline for lens in lenses)
    assert np.median([lens.half_arc_mm for lens in lenses]) < np.median([layer.half_arc_mm for layer in crescents])
    assert min(lens.bluntness for lens in lenses) > max(layer.bluntness for layer in crescents)


def test_a_layer_ends_above_and_below():
    anatomy = plain_head()
    layer = even(subdural(), half_height_mm=20.0)
    above = replace(anatomy, z_mm=anatomy.z_mm + 15)
    beyond = replace(anatomy, z_mm=anatomy.z_mm + 21)
    assert 0 < blood(layer, above).sum() < blood(layer, anatomy).sum()
    assert layer.stain(beyond) is None
    assert layer.push(coarsen(beyond)) is None


def test_old_blood_is_painted_but_not_visible():
    layer = even(subdural())
    old = replace(layer, density=replace(layer.density, clot_hu=20.0))
    stain = old.stain(plain_head())
    assert stain is not None
    assert stain.share.max() == 1
    assert stain.visible.max() == 0


def test_some_thick_crescents_have_aged_and_no_thin_one_has():
    layers = [subdural(seed) for seed in range(400)]
    clots = [
        [layer.density.clot_hu for layer in layers if (layer.thickness_mm > AGEING_MM) == thick] for thick in (0, 1)
    ]
    thin, thick = (np.array(clot) for clot in clots)
    faintest = thick < AGEING_HU[1]
    assert AGEING_SHARE - 0.1 < faintest.mean() < AGEING_SHARE + 0.35
    assert thick.min() < 36 <= thin.min()
    assert thick.min() >= AGEING_HU[0]


def test_a_thick_layer_pushes_the_brain_away_from_it_and_a_sliver_does_not():
    coarse = coarsen(plain_head())
    move = even(subdural()).push(coarse)
    assert move is not None
    beneath = (coarse.x_mm > 30) & (np.abs(coarse.y_mm) < 15) & (coarse.inner_mm > 10)
    assert move[0][beneath].mean() < -3
    assert even(subdural(), thickness_mm=1.5).push(coarse) is None


def test_bubbles_in_a_layer_are_air_and_stay_in_the_mask():
    anatomy = plain_head(384)
    layer = even(subdural())
    holed = replace(layer, bubbles=SmoothNoise.draw(np.random.default_rng(1), 4.0))
    stain, plain = holed.stain(anatomy), layer.stain(anatomy)
    assert stain is not None
    assert plain is not None
    assert stain.hu[plain.share > 0.5].min() < -300
    np.testing.assert_array_equal(stain.visible, plain.visible)


def sheet(*, is_tentorial: bool) -> Sheet:
    rng = np.random.default_rng(4)
    draw = Sheet.draw_tentorial if is_tentorial else Sheet.draw_falcine
    drawn = draw(rng, AIM)
    density = replace(drawn.density, clot_hu=65.0, mottle_hu=0.0)
    return replace(drawn, side=1, centre_mm=(30.0, 70.0), half_mm=(40.0, 30.0), thickness_mm=5.0, density=density)


@pytest.mark.parametrize("is_tentorial", [False, True])
def test_a_sheet_follows_its_membrane_on_one_side(is_tentorial: bool):
    bare = plain_head()
    distance = np.abs(bare.x_mm)
    anatomy = replace(bare, **{"tentorium_mm" if is_tentorial else "falx_mm": distance})
    is_blood = blood(sheet(is_tentorial=is_tentorial), anatomy)
    assert is_blood.sum() > 30
    assert distance[is_blood].max() < 9
    assert anatomy.x_mm[is_blood].min() > -1.6


@pytest.mark.parametrize("is_tentorial", [False, True])
def test_without_its_membrane_there_is_no_sheet(is_tentorial: bool):
    assert sheet(is_tentorial=is_tentorial).stain(plain_head()) is None
