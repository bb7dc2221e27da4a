"""Soft shapes on a slice: their size, place and window."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.phantoms.ct.cut import BLOCK, Cut, Patch, soft_step

SIZE, PIXEL_MM = 128, 1.0


def flat_cut(z_mm: float = 0.0) -> Cut:
    axis = (np.arange(SIZE, dtype=np.float32) + 0.5 - SIZE / 2) * PIXEL_MM
    y, x = np.meshgrid(axis, axis, indexing="ij")
    z = np.full_like(x, z_mm)
    blocks = np.stack([a.reshape(SIZE // BLOCK, BLOCK, -1, BLOCK).mean(axis=(1, 3)) for a in (x, y, z)])
    return Cut(x, y, z, blocks, PIXEL_MM)


def whole(patch: Patch | None) -> np.ndarray:
    picture = np.zeros((SIZE, SIZE), np.float32)
    if patch is not None:
        patch.join(picture)
    return picture


@settings(deadline=None, max_examples=40)
@given(st.floats(4, 25), st.floats(4, 25), st.floats(-1.5, 1.5), st.floats(-25, 25), st.floats(-25, 25))
def test_an_ellipse_has_its_area_wherever_it_lies(half_x: float, half_y: float, turn: float, x: float, y: float):
    share = whole(flat_cut().ellipsoid((x, y, 0.0), (half_x, half_y, 10.0), turn_rad=turn))
    assert share.sum() == pytest.approx(math.pi * half_x * half_y, rel=0.04)


def test_an_ellipsoid_is_smaller_above_its_middle_and_missed_beyond_its_end():
    areas = [whole(flat_cut(z).ellipsoid((0, 0, 0), (12, 12, 10))).sum() for z in (0.0, 6.0, 20.0)]
    assert areas[1] == pytest.approx(0.64 * areas[0], rel=0.06)
    assert areas[2] == 0
    assert flat_cut(60.0).ellipsoid((0, 0, 0), (12, 12, 10)) is None


def test_the_window_of_a_shape_cuts_nothing_off():
    patch = flat_cut().ellipsoid((20.3, -11.7, 0.0), (9.0, 9.0, 9.0))
    assert patch is not None
    border = np.concatenate([patch.share[0], patch.share[-1], patch.share[:, 0], patch.share[:, -1]])
    assert not border.any()


def test_a_tube_has_the_area_of_a_strip_with_round_ends():
    share = whole(flat_cut().tube((-20, 0, 0), (20, 0, 0), (5, 5)))
    assert share.sum() == pytest.approx(40 * 10 + math.pi * 25, rel=0.03)


def test_a_tube_that_narrows_is_wider_at_its_start():
    share = whole(flat_cut().tube((-20, 0, 0), (20, 0, 0), (8, 2)))
    assert share[:, SIZE // 2 - 18].sum() > 2.5 * share[:, SIZE // 2 + 18].sum()


def test_a_stretched_tube_is_wider_along_the_axis_it_is_stretched_along():
    plain = whole(flat_cut(6.0).tube((-20, 0, 0), (20, 0, 0), (4, 4)))
    stretched = whole(flat_cut(6.0).tube((-20, 0, 0), (20, 0, 0), (4, 4), stretch=(1.0, 1.0, 3.0)))
    assert plain.sum() == 0
    assert stretched.sum() > 100


def test_painting_blends_by_share_and_leaves_the_rest_alone():
    picture = np.full((SIZE, SIZE), 30.0, np.float32)
    patch = flat_cut().ellipsoid((0, 0, 0), (10, 10, 10))
    assert patch is not None
    patch.paint(picture, 70.0)
    assert picture[SIZE // 2, SIZE // 2] == 70
    assert picture[0, 0] == 30
    patch.clear(picture)
    assert picture[SIZE // 2, SIZE // 2] == 0


def test_a_soft_step_is_a_half_at_the_border():
    np.testing.assert_allclose(soft_step(np.array([-2, 0, 2], np.float32), 1.0), [0, 0.5, 1])
