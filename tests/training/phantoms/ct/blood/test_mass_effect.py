"""The brain gives way."""

from dataclasses import replace

import numpy as np

from tests.support.plain_head import plain_head
from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.blood.mass_effect import push
from training.phantoms.ct.blood.stain import Unmoving
from training.phantoms.ct.blood.subdural import draw_subdural
from training.phantoms.ct.slice import Slice


def thick_layer(direction_rad: float = 0.0):
    drawn = draw_subdural(np.random.default_rng(0), Aim(70.0, 135.0))
    return replace(drawn, direction_rad=direction_rad, thickness_mm=14.0, middle_mm=70.0, half_arc_mm=90.0)


def with_marks() -> Slice:
    """Return a head with a bright midline and the falx there."""
    head = plain_head()
    line = (np.abs(head.x_mm) < 2) & (head.inner_mm > 0)
    return replace(head, hu=np.where(line, np.float32(60), head.hu), falx_mm=np.abs(head.x_mm))


def test_nothing_moves_without_a_push():
    head = plain_head()
    assert push(head, []) is head
    assert push(head, [Unmoving()]) is head


def test_the_midline_shifts_away_from_a_thick_layer_and_the_skull_stays():
    head = with_marks()
    pushed = push(head, [thick_layer()])
    middle = (np.abs(head.y_mm) < 10) & (head.inner_mm > 40)
    before, after = (float(head.x_mm[middle & (cut.hu > 50)].mean()) for cut in (head, pushed))
    assert after < before - 1.5
    assert float(head.x_mm[middle][np.argmin(pushed.falx_mm[middle])]) < -1
    np.testing.assert_array_equal(pushed.hu[head.inner_mm < -1], head.hu[head.inner_mm < -1])


def test_a_push_follows_the_head_when_the_picture_is_mirrored():
    head = with_marks()
    mirrored = replace(head, x_mm=np.ascontiguousarray(head.x_mm[:, ::-1]))
    straight, again = push(head, [thick_layer()]), push(mirrored, [thick_layer()])
    within = head.inner_mm > 6
    assert np.abs(again.hu[:, ::-1] - straight.hu)[within].mean() < 0.5
    assert np.abs(straight.hu - head.hu)[within].mean() > 1


def test_equal_pushes_from_both_sides_leave_the_midline_where_it_was():
    head = with_marks()
    pushed = push(head, [thick_layer(), thick_layer(np.pi)])
    middle = (np.abs(head.y_mm) < 10) & (head.inner_mm > 40)
    assert abs(float(head.x_mm[middle & (pushed.hu > 50)].mean())) < 1
