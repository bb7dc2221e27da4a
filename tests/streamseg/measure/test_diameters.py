"""The longest diameter and the widest extent at right angles to it, on shapes whose size is known."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.measure.diameters import hull, longest_diameter, widest_across
from streamseg.measure.part import box_of, largest_part
from tests.support.measured import ellipse_mask

SQUARE = 1.0, 1.0
SPACINGS = st.tuples(st.floats(0.1, 2), st.floats(0.1, 2))
ANGLES = st.floats(0, math.pi)
HALF_STEPS = ((-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5))


def outline_of(mask):
    return largest_part(mask, box_of(mask)).outline


def diameters(mask, spacing=SQUARE):
    """Return both lengths, and their ends scaled to the unit of the spacing."""
    outline = outline_of(mask)
    longest = longest_diameter(outline, spacing)
    across = widest_across(outline, longest, spacing)
    ends = [points * spacing for points in (longest, across)]
    return [float(np.hypot(*(second - first))) for first, second in ends], ends


@settings(max_examples=50)
@given(st.floats(20, 90), st.floats(0.3, 0.95), ANGLES)
def test_of_an_ellipse_they_are_its_axes_to_a_pixel(long, ratio, angle):
    (longest, across), _ = diameters(ellipse_mask(long, long * ratio, angle))
    assert longest == pytest.approx(2 * long, abs=1)
    assert across == pytest.approx(2 * long * ratio, abs=1)


@settings(max_examples=50)
@given(st.floats(15, 30), st.floats(0.4, 0.9), ANGLES, st.floats(0.25, 0.7), st.floats(0.25, 0.7))
def test_pixels_need_not_be_square(long_mm, ratio, angle, row_mm, column_mm):
    mask = ellipse_mask(
        long_mm, long_mm * ratio, angle, spacing=(row_mm, column_mm), size=(260, 260), centre=(130, 130)
    )
    (longest, across), _ = diameters(mask, (row_mm, column_mm))
    assert longest == pytest.approx(2 * long_mm, abs=max(row_mm, column_mm) + 1e-9)
    assert across == pytest.approx(2 * long_mm * ratio, abs=1.5 * max(row_mm, column_mm))


@given(st.integers(1, 60), st.integers(1, 60))
def test_of_a_rectangle_the_longest_is_its_diagonal_to_a_pixel(height, width):
    mask = np.zeros((70, 70), bool)
    mask[4 : 4 + height, 5 : 5 + width] = True
    (longest, _), _ = diameters(mask)
    assert math.hypot(height, width) - 1 <= longest <= math.hypot(height, width)


@given(arrays.arrays(np.bool_, (9, 9)), SPACINGS)
def test_no_two_points_of_the_border_are_farther_from_each_other(mask, spacing):
    assume(mask.any())
    outline = outline_of(mask)
    longest = longest_diameter(outline, spacing) * spacing
    border = np.array([point + step for point, step in product(outline, np.array(HALF_STEPS))]) * spacing
    apart = np.hypot(*(border[:, np.newaxis] - border).T).max()
    assert np.hypot(*(longest[1] - longest[0])) == pytest.approx(apart)


@given(arrays.arrays(np.bool_, (12, 12)), SPACINGS)
def test_the_second_is_at_right_angles_and_no_longer_than_the_first(mask, spacing):
    assume(mask.any())
    (longest, across), ((a, b), (c, d)) = diameters(mask, spacing)
    assert (b - a) @ (d - c) == pytest.approx(0, abs=1e-9 * longest * across)
    assert 0 < across <= longest * (1 + 1e-9)


@settings(max_examples=40)
@given(st.floats(20, 60), st.floats(0.3, 0.9), ANGLES)
def test_a_quarter_turn_or_a_mirror_changes_neither(long, ratio, angle):
    mask = ellipse_mask(long, long * ratio, angle)
    before, _ = diameters(mask)
    for other in (np.rot90(mask), mask[::-1], mask.T):
        # Among equally long ones another may come first, with another extent across it.
        after, _ = diameters(np.ascontiguousarray(other))
        assert after[0] == pytest.approx(before[0])
        assert after[1] == pytest.approx(before[1], abs=1)


@pytest.mark.parametrize(
    ("rows", "columns", "expected"),
    [
        (slice(3, 4), slice(5, 6), (1, 1)),
        (slice(3, 4), slice(2, 12), (10, 1)),
        (slice(1, 8), slice(5, 6), (7, 1)),
    ],
)
def test_a_row_of_n_pixels_is_n_long_and_1_wide(rows, columns, expected):
    mask = np.zeros((12, 16), bool)
    mask[rows, columns] = True
    lengths, _ = diameters(mask)
    assert lengths == pytest.approx(expected)


def test_a_slanting_line_of_single_pixels_is_less_than_a_pixel_wide():
    (longest, across), _ = diameters(np.eye(30, dtype=bool))
    assert longest == pytest.approx(30 * math.sqrt(2), abs=1)
    assert across == pytest.approx(math.sqrt(0.5), abs=0.01)


def test_a_notch_is_spanned_and_a_bulge_is_found():
    mask = np.zeros((60, 120), bool)
    mask[28:32, 5:115] = True
    mask[20:40, 70:76] = True
    mask[29:31, 72:74] = False
    (longest, across), (_, ends) = diameters(mask)
    assert longest == pytest.approx(110, abs=1)
    assert across == pytest.approx(20, abs=1)
    assert 68 <= ends[:, 1].min() <= ends[:, 1].max() <= 78


def test_the_hull_runs_half_way_between_pixels():
    corners = hull(np.array([[2, 2], [2, 5], [4, 5], [4, 2]], np.int32))
    assert sorted(map(tuple, corners.tolist())) == [
        (1.5, 2), (1.5, 5), (2, 1.5), (2, 5.5), (4, 1.5), (4, 5.5), (4.5, 2), (4.5, 5)
    ]  # fmt: skip
