"""Swellings, openings and collections on the vault."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.phantoms.ct.opening import Collection, Damage, Opening, Swelling, angle_from, draw_direction

SIDE = (1.0, 0.0, 0.0)


def at(*points: tuple[float, float, float]) -> np.ndarray:
    return np.array(points, np.float32).T.reshape(3, 1, -1)


@given(st.integers(0, 2**32 - 1))
def test_a_direction_has_length_1_and_never_points_down(seed: int):
    direction = draw_direction(np.random.default_rng(seed))
    assert np.linalg.norm(direction) == pytest.approx(1)
    assert direction[2] >= -0.1


def test_angles_are_seen_from_the_middle_of_the_head():
    angles = angle_from(at((60, 0, 52), (0, 60, 52), (-60, 0, 52)), SIDE)
    np.testing.assert_allclose(angles[0], [0, np.pi / 2, np.pi], atol=1e-3)


def test_a_swelling_is_thickest_in_its_middle_and_ends_at_its_radius():
    thickness = Swelling(SIDE, 0.5, 10.0).thickness(at((70, 0, 52), (70, 20, 52), (70, 60, 52)))[0]
    assert thickness[0] == pytest.approx(10)
    assert 0 < thickness[1] < 10
    assert thickness[2] == 0


def test_bone_that_was_put_back_is_missing_only_in_a_ring():
    edge = (75 * np.cos(0.4), 75 * np.sin(0.4), 52)
    flap = Opening(SIDE, 0.4, gap_mm=2.0, bulge_mm=0.0, has_air=False).missing(at((75, 0, 52), edge, (0, 75, 52)))[0]
    np.testing.assert_allclose(flap, [0, 1, 0], atol=1e-3)
    gone = Opening(SIDE, 0.4, gap_mm=None, bulge_mm=0.0, has_air=False).missing(at((75, 0, 52), (0, 75, 52)))[0]
    np.testing.assert_allclose(gone, [1, 0])


def test_a_bulge_pushes_outwards_and_a_sunken_one_inwards():
    for bulge in (8.0, -5.0):
        opening = Opening(SIDE, 0.4, gap_mm=None, bulge_mm=bulge, has_air=False)
        np.testing.assert_allclose(opening.bulge(at((75, 0, 52), (0, 75, 52)))[0], [bulge, 0])


def test_bubbles_lie_near_the_opening_where_the_noise_is_highest():
    opening = Opening(SIDE, 0.4, gap_mm=None, bulge_mm=0.0, has_air=True)
    points = at((75, 0, 52), (75, 0, 52), (0, 75, 52))
    share = opening.bubbles(points, np.full((1, 3), -3, np.float32), np.array([[3, 0, 3]], np.float32))
    np.testing.assert_allclose(share[0], [1, 0, 0])


def test_a_collection_stays_on_its_side_and_above_the_base():
    thickness = Collection(SIDE, 1.2, 10.0, 20.0).thickness(at((60, 0, 60), (-60, 0, 60), (0, 60, 60), (60, 0, 20)))[0]
    assert thickness[0] > 9
    assert not thickness[1:].any()


def test_most_heads_are_undamaged_and_some_are_not():
    damages = [Damage.draw(np.random.default_rng(seed)) for seed in range(300)]
    assert 15 < sum(damage.opening is not None for damage in damages) < 70
    assert sum(not damage.swellings and not damage.collections for damage in damages) > 120
