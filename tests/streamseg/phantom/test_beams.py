"""Beam geometry and scan conversion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.phantom.beams import LINES, SAMPLES, Beams, View

SECTOR = Beams(radius_mm=50, depth_mm=140, half_width=math.radians(33))
LINEAR = Beams(radius_mm=0, depth_mm=40, half_width=20)
BOTH = pytest.mark.parametrize("beams", [SECTOR, LINEAR], ids=["sector", "linear"])


@BOTH
def test_the_grid_position_of_a_sample_is_its_own_column_and_row(beams: Beams):
    column, row = beams.to_grid(*beams.positions)
    np.testing.assert_allclose(column, np.broadcast_to(np.arange(LINES), column.shape), atol=0.05)
    np.testing.assert_allclose(row, np.broadcast_to(np.arange(SAMPLES)[:, np.newaxis], row.shape), atol=0.05)


@given(across=st.floats(-1, 1), down=st.floats(0, 1), curved=st.booleans())
def test_a_point_of_the_field_lies_where_its_grid_position_says(across: float, down: float, curved: bool):
    beams = SECTOR if curved else LINEAR
    x, z = (np.array([[value]], np.float32) for value in beams.point(across, down))
    column, row = beams.to_grid(x, z)
    assert float(column.item()) == pytest.approx((across + 1) / 2 * (LINES - 1), abs=0.05)
    assert float(row.item()) == pytest.approx(down * (SAMPLES - 1), abs=0.05)


@BOTH
def test_the_picture_of_a_uniform_field_is_uniform_inside_and_black_outside(beams: Beams):
    view = View(beams, (120, 200))
    picture = view.convert(np.full((SAMPLES, LINES), 200, np.uint8))
    assert set(np.unique(picture[view.inside])) == {200}
    assert not picture[~view.inside].any()
    assert 0.2 < view.inside.mean() < 0.9


@pytest.mark.parametrize("size", [(120, 200), (200, 120), (61, 97)])
@BOTH
def test_the_whole_field_fits_into_a_picture_of_any_shape(beams: Beams, size: tuple[int, int]):
    inside = View(beams, size).inside
    edges = np.concatenate([inside[0], inside[-1], inside[:, 0], inside[:, -1]])
    assert not edges.any()


def test_the_area_of_the_field_in_the_picture_is_that_of_the_annular_sector():
    view = View(SECTOR, (600, 800))
    expected_mm2 = SECTOR.half_width * ((50 + 140) ** 2 - 50**2)
    assert view.inside.sum() * view.spacing_mm**2 == pytest.approx(expected_mm2, rel=0.01)


def test_zoom_divides_the_size_of_a_pixel():
    assert View(SECTOR, (120, 200), 2.0).spacing_mm == pytest.approx(View(SECTOR, (120, 200)).spacing_mm / 2)
