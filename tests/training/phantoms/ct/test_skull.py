"""The skull: the room inside, the base, and the bone."""

import numpy as np
import pytest

from training.phantoms.ct.cut import STANDARD_MM
from training.phantoms.ct.skull import POSTERIOR, Skull, floor_depth, paint_skull


def plane(z_mm: float, size: int = 128) -> np.ndarray:
    axis = np.linspace(-110, 110, size, dtype=np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    return np.stack([x, y, np.full_like(x, z_mm)])


@pytest.fixture(scope="module")
def skull() -> Skull:
    return Skull.draw(np.random.default_rng(3))


def test_the_vault_ends_at_the_extent_of_the_standard_head(skull: Skull):
    ends = [(0, STANDARD_MM[1], 52), (0, -STANDARD_MM[1], 52), (0, 0, STANDARD_MM[2])]
    for end in ends:
        wall, out = skull.wall(np.array(end, np.float32).reshape(3, 1, 1))
        assert wall.item() == pytest.approx(0, abs=0.5)
        assert out.item() == pytest.approx(1, abs=0.01)


def test_bone_and_brain_never_overlap(skull: Skull):
    for z in (10.0, 35.0, 60.0, 100.0):
        points = plane(z)
        wall, _ = skull.wall(points)
        room, bone = skull.room(points, wall), skull.thickness(points)
        assert bone.min() > 1
        assert (room <= wall + 4).all()


def test_the_base_has_a_posterior_and_two_middle_fossae_with_bone_between_them():
    x, y, z = plane(25.0)
    is_room = floor_depth(x, y, z) > 0
    rows, columns = [(round((v + 110) / 220 * 127)) for v in (-12, 45)], [round((v + 110) / 220 * 127) for v in (36, 0)]
    assert is_room[rows[0], columns[0]]
    assert is_room[rows[0], 127 - columns[0]]
    assert is_room[rows[1], columns[1]]
    assert not is_room[rows[0], columns[1]]


def test_a_fossa_is_as_deep_as_points_lie_above_its_floor():
    middle = np.array([45.0], np.float32)
    depth = POSTERIOR.depth(np.zeros(1, np.float32), middle, np.array([10.0], np.float32))
    assert depth.item() == pytest.approx(10 - POSTERIOR.floor_mm)


def test_bone_is_dense_outside_and_less_so_within_and_is_not_painted_where_it_is_missing():
    room = np.linspace(3, -12, 61, dtype=np.float32)[np.newaxis].repeat(2, axis=0)
    hu, missing = np.zeros_like(room), np.zeros_like(room)
    missing[1] = 1
    paint_skull(hu, room, np.full_like(room, 9.0), np.zeros_like(room), missing)
    inner, middle, outside = hu[0, 14], hu[0, 30], hu[0, 58]
    assert inner > middle > 300
    assert outside == 0
    assert not hu[1].any()
