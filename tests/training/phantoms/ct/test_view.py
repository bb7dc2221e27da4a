"""How a slice lies in the head: geometry, and the spread of what is drawn."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.phantoms.ct.view import View

VIEWS = st.builds(
    View,
    z_mm=st.floats(0, 140),
    pitch_rad=st.floats(-0.6, 0.6),
    roll_rad=st.floats(-0.6, 0.6),
    turn_rad=st.floats(-3, 3),
    shift_mm=st.tuples(st.floats(-30, 30), st.floats(-30, 30)),
    field_mm=st.floats(180, 280),
    is_mirrored=st.booleans(),
    is_upside_down=st.booleans(),
)
HEAD = SimpleNamespace(height_mm=132.0)


@settings(deadline=None, max_examples=50)
@given(VIEWS)
def test_neighbouring_pixels_are_one_pixel_apart_in_space(view: View):
    points = view.points(32)
    pixel_mm = view.field_mm / 32
    for axis in (1, 2):
        steps = np.linalg.norm(np.diff(points, axis=axis), axis=0)
        np.testing.assert_allclose(steps, pixel_mm, rtol=1e-3)


@settings(deadline=None, max_examples=50)
@given(VIEWS)
def test_the_pixels_of_a_slice_lie_in_one_plane_through_the_axis_at_its_height(view: View):
    points = view.points(16).reshape(3, -1).astype(np.float64)
    across, down = (axis.astype(np.float64) for axis in view.axes())
    heights = np.cross(across, down) @ (points - np.array([[0], [0], [view.z_mm]]))
    np.testing.assert_allclose(heights, 0, atol=1e-2)


def test_an_upright_picture_shows_the_nose_at_the_top_and_x_to_the_right():
    x, y, z = View.upright(HEAD, 70.0).points(8)
    assert (np.diff(x, axis=1) > 0).all()
    assert (np.diff(y, axis=0) > 0).all()
    np.testing.assert_allclose(z, 70)


def test_a_plane_that_is_pitched_rises_towards_the_back():
    _, y, z = View(z_mm=60.0, pitch_rad=0.3).points(8)
    np.testing.assert_allclose(z - 60, y * math.tan(0.3), rtol=1e-4)


@pytest.mark.parametrize(("option", "axis"), [("is_mirrored", 1), ("is_upside_down", 0)])
def test_exchanging_sides_flips_the_picture_of_a_centred_head(option: str, axis: int):
    view = {"z_mm": 60.0, "pitch_rad": 0.2, "turn_rad": 0.4}
    there, here = View(**view).points(16), View(**view, **{option: True}).points(16)
    np.testing.assert_allclose(np.flip(there, axis + 1), here, atol=1e-3)


def test_a_shift_moves_the_head_by_as_much():
    down, right = View(z_mm=60.0, shift_mm=(5.0, -12.0), field_mm=200.0).in_scanner(200)
    assert np.interp(0.0, down[:, 0], np.arange(200)) == pytest.approx(99.5 + 5)
    assert np.interp(0.0, right[0], np.arange(200)) == pytest.approx(99.5 - 12)


def test_views_are_drawn_from_nearly_straight_to_strongly_tilted_and_turned():
    rng = np.random.default_rng(0)
    views = [View.draw(rng, HEAD) for _ in range(400)]
    turns = np.degrees([abs(view.turn_rad) for view in views])
    pitches = np.degrees([view.pitch_rad for view in views])
    assert np.median(turns) < 12
    assert turns.max() > 35
    assert pitches.min() < -15
    assert pitches.max() > 28
    assert {(view.is_mirrored, view.is_upside_down) for view in views} == {(a, b) for a in (0, 1) for b in (0, 1)}
    assert all(0 < view.z_mm < HEAD.height_mm for view in views)


@pytest.mark.parametrize("is_upside_down", [False, True])
def test_the_middle_of_a_pitched_cut_is_where_the_head_is(is_upside_down: bool):
    """Of an ellipsoid as large as the head, cut above its widest level."""
    view = View(z_mm=95.0, pitch_rad=0.4, turn_rad=0.5, is_upside_down=is_upside_down, field_mm=300.0)
    x, y, z = view.points(300)
    is_head = (x / 68) ** 2 + (y / 85) ** 2 + (np.maximum(z - 52, 0) / 80) ** 2 < 1
    rows, columns = (axis.mean() - 149.5 for axis in np.nonzero(is_head))
    assert view.middle(HEAD) == pytest.approx((rows, columns), abs=4)
