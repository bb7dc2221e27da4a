"""The plane of a slice, and places in it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.phantoms.ct.blood.aim import Aim
from training.phantoms.ct.head import Head
from training.phantoms.ct.view import View

SLOPES = st.floats(-0.5, 0.5)


def test_the_plane_of_a_tilted_slice_is_found(head: Head):
    view = View(70.0, pitch_rad=0.3, roll_rad=-0.2, turn_rad=0.5, shift_mm=(5.0, -8.0), is_mirrored=True)
    anatomy = head.slice(view, 64)
    aim = Aim.at(anatomy)
    assert aim.z_mm == pytest.approx(70, abs=0.01)
    for row, column in ((3, 9), (40, 12), (60, 61)):
        place = float(anatomy.x_mm[row, column]), float(anatomy.y_mm[row, column])
        assert aim.z_at(*place) == pytest.approx(float(anatomy.z_mm[row, column]), abs=0.01)


@settings(deadline=None)
@given(seed=st.integers(0, 999), along_x=SLOPES, along_y=SLOPES)
def test_a_place_lies_in_the_plane_and_mostly_in_brain(seed: int, along_x: float, along_y: float):
    rng = np.random.default_rng(seed)
    aim = Aim(70.0, 135.0, (along_x, along_y))
    x, y, z = aim.place(lambda: (rng.uniform(-60, 60), rng.uniform(-80, 80)))
    assert z == pytest.approx(70 + along_x * x + along_y * y)
    assert aim.meets_brain(x, y)


@pytest.mark.parametrize("place", [(500.0, 0.0), (0.0, -130.0), (0.0, 130.0)])
def test_what_cannot_lie_in_brain_is_taken_as_drawn(place: tuple[float, float]):
    assert Aim(70.0, 135.0).place(lambda: place) == (*place, 70.0)


def test_the_room_narrows_towards_the_vertex():
    narrow = [Aim(z_mm, 135.0).narrowing(0, 0) for z_mm in (40, 80, 110, 130, 150)]
    assert narrow[0] == 1
    assert narrow == sorted(narrow, reverse=True)
    assert narrow[-1] == 0


def test_the_plane_meets_the_vault_where_it_rises_to():
    level, rising = Aim(70.0, 135.0), Aim(70.0, 135.0, (0.0, 0.2))
    assert level.on_vault(1.0) == pytest.approx(70)
    assert rising.on_vault(np.pi / 2) > 80
    assert rising.on_vault(-np.pi / 2) < 60
