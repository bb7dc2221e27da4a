"""Windows, coarse looks and soft steps."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.stain import Unmoving, ball, coarsen, crop, hub, ramp, refine, whole

PLACES = st.tuples(st.floats(-130, 130), st.floats(-130, 130), st.floats(20, 120))


@settings(deadline=None)
@given(centre=PLACES, radius=st.floats(1, 60))
def test_the_window_of_a_ball_holds_all_of_it(centre: tuple[float, float, float], radius: float):
    anatomy = plain_head(96)
    x, y, z = centre
    is_ball = (anatomy.x_mm - x) ** 2 + (anatomy.y_mm - y) ** 2 + (anatomy.z_mm - z) ** 2 < radius**2
    window = ball(anatomy, centre, radius)
    held = 0 if window is None else np.count_nonzero(is_ball[window])
    assert held == np.count_nonzero(is_ball)


def test_cropping_cuts_every_array_alike():
    anatomy = plain_head(96)
    part = crop(anatomy, (slice(10, 30), slice(20, 60)))
    shapes = {getattr(part, field.name).shape for field in fields(part) if hasattr(getattr(part, field.name), "shape")}
    assert shapes == {(20, 40)}
    assert part.x_mm[0, 0] == anatomy.x_mm[10, 20]
    np.testing.assert_array_equal(crop(anatomy, whole(anatomy)).hu, anatomy.hu)


def test_a_smooth_field_survives_a_coarse_look():
    anatomy = plain_head(96)
    again = refine(coarsen(anatomy).x_mm, anatomy.size)
    assert coarsen(anatomy).size == (24, 24)
    # Half a coarse pixel is lost to the choice of its middle, and nothing can be known beyond the last one.
    np.testing.assert_allclose(again[8:-8, 8:-8], anatomy.x_mm[8:-8, 8:-8], atol=0.6 * anatomy.pixel_mm)
    assert refine(anatomy.x_mm, anatomy.size) is anatomy.x_mm


def test_a_ramp_is_half_at_the_border_and_full_beyond():
    np.testing.assert_allclose(ramp(np.array([-1, -0.5, 0, 0.5, 1], np.float32), 1.0), [0, 0, 0.5, 1, 1])


def test_the_hub_is_the_middle_of_the_room_and_missing_without_room():
    assert hub(plain_head(96)) == pytest.approx((0, 0), abs=0.1)
    assert hub(crop(plain_head(96), (slice(0, 8), slice(0, 8)))) is None


def test_what_takes_no_room_moves_nothing():
    assert Unmoving().push(plain_head(32)) is None
