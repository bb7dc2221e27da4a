"""Which bleeds one head has."""

import numpy as np
import pytest

from training.phantoms.ct.blood.draw import draw_bleeds, draw_bleeds_in
from training.phantoms.ct.blood.intraparenchymal import Lump
from training.phantoms.ct.blood.intraventricular import Filling
from training.phantoms.ct.blood.layer import Layer
from training.phantoms.ct.blood.paint import bleed_into
from training.phantoms.ct.blood.subarachnoid import Film
from training.phantoms.ct.blood.subdural import Sheet
from training.phantoms.ct.head import Head
from training.phantoms.ct.view import View


def drawn(z_mm: float, count: int = 60):
    return [draw_bleeds(np.random.default_rng(seed), z_mm, 135.0) for seed in range(count)]


@pytest.mark.parametrize("z_mm", [12, 30, 60, 100, 130])
def test_there_are_one_to_five_bleeds_at_every_level(z_mm: float):
    assert {len(bleeds) for bleeds in drawn(z_mm)} <= {1, 2, 3, 4, 5}


@pytest.mark.parametrize("z_mm", [-20, 2, 140])
def test_there_are_none_outside_of_the_skull(z_mm: float):
    assert drawn(z_mm, 3) == [()] * 3


def test_all_kinds_come_and_none_prevails():
    kinds = [type(bleed) for bleeds in drawn(65, 150) for bleed in bleeds]
    assert set(kinds) == {Lump, Layer, Film, Filling, Sheet}
    assert max(kinds.count(kind) for kind in set(kinds)) < 0.55 * len(kinds)


def test_a_slice_shows_the_bleeds_that_were_drawn_for_it_whatever_its_tilt(head: Head):
    shown = []
    for seed in range(24):
        rng = np.random.default_rng(seed)
        anatomy = head.slice(View(rng.uniform(35, 115), rng.uniform(-0.3, 0.4), rng.uniform(-0.3, 0.3)), 128)
        _, coverage = bleed_into(rng, anatomy, draw_bleeds_in(rng, anatomy))
        shown.append((coverage >= 0.5).any())
    assert np.mean(shown) > 0.8


def test_neighbouring_slices_of_one_head_fit_together(head: Head):
    overlaps = []
    for seed in range(8):
        bleeds = draw_bleeds(np.random.default_rng(seed), 70.0, head.height_mm)
        masks = [
            bleed_into(np.random.default_rng(0), head.slice(View.upright(head, z_mm), 128), bleeds)[1] >= 0.5
            for z_mm in (69.0, 71.0)
        ]
        overlaps.append((masks[0] & masks[1]).sum() / max(1, min(masks[0].sum(), masks[1].sum())))
    assert np.median(overlaps) > 0.6
