"""Outlines are smooth and a little generous, and leave specks out."""

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.outline import outline

HEAD = plain_head(384)


def blood(radius_mm: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return (np.hypot(HEAD.x_mm - 12, HEAD.y_mm) < radius_mm).astype(np.float32)


@pytest.mark.parametrize("radius_mm", [3.0, 8.0, 20.0])
def test_a_lump_is_outlined_no_tighter_than_it_is_and_hardly_wider(radius_mm: float):
    lump = blood(radius_mm)
    mask = outline(HEAD, lump)
    assert mask.sum() >= 0.98 * lump.sum()
    assert not mask[np.hypot(HEAD.x_mm - 12, HEAD.y_mm) > radius_mm + 1].any()


def test_holes_and_teeth_smaller_than_a_hand_would_draw_vanish():
    rng = np.random.default_rng(0)
    rough = blood(12) * (rng.random(HEAD.size) > 0.25).astype(np.float32)
    mask = outline(HEAD, rough)
    assert mask[np.hypot(HEAD.x_mm - 12, HEAD.y_mm) < 10.5].all()


def test_a_speck_is_left_out_and_a_thin_layer_is_not():
    assert not outline(HEAD, blood(0.7)).any()
    layer = ((HEAD.inner_mm > 0) & (HEAD.inner_mm < 2) & (np.abs(HEAD.y_mm) < 30)).astype(np.float32)
    assert outline(HEAD, layer)[layer > 0].mean() > 0.9


def test_bone_is_not_outlined():
    mask = outline(HEAD, (HEAD.inner_mm > -6).astype(np.float32))
    assert HEAD.inner_mm[mask].min() > -1


def test_no_blood_has_no_outline():
    assert not outline(HEAD, np.zeros(HEAD.size, np.float32)).any()
