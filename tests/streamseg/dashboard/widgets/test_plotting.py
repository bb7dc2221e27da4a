"""Curves in characters lose no peak, show no value that is not there, and say so where there is none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from streamseg.dashboard.widgets._plotting import (
    bar_rows,
    braille_rows,
    curve_dots,
    nice_ceiling,
    to_columns,
    to_unit,
)
from streamseg.dashboard.widgets.sparkline import extent_of, sparkline

VALUES = arrays(np.float64, st.integers(1, 80), elements=st.one_of(st.floats(0, 1), st.just(np.nan)))


@given(VALUES, st.integers(1, 60), st.sampled_from(["max", "min", "mean"]))
def test_columns_lie_within_the_values_and_keep_the_extreme(values, columns, keep):
    reduced = to_columns(values, columns, keep=keep)
    assert reduced.shape == (columns,)
    known, kept = values[np.isfinite(values)], reduced[np.isfinite(reduced)]
    if not len(known):
        assert not len(kept)
    elif len(values) >= columns:
        assert known.min() - 1e-12 <= kept.min()
        assert kept.max() <= known.max() + 1e-12
        if keep != "mean":
            assert getattr(np, keep)(kept) == getattr(np, keep)(known)


def test_no_values_are_no_columns_with_numbers():
    assert np.isnan(to_columns(np.empty(0), 5)).all()


def test_no_columns_are_refused():
    with pytest.raises(ValueError, match="got 0"):
        to_columns(np.ones(3), 0)


def test_a_scale_that_does_not_rise_is_refused():
    with pytest.raises(ValueError, match="3 to 3"):
        to_unit(np.ones(3), 3, 3)


@given(VALUES, st.integers(1, 6))
def test_the_blocks_of_a_bar_add_up_to_its_height_in_eighths(heights, rows):
    lines = bar_rows(heights, rows)
    eighths = [sum(" ▁▂▃▄▅▆▇█".index(line[column]) for line in lines) for column in range(len(heights))]
    expected = [0 if np.isnan(height) else max(1, round(height * rows * 8)) for height in heights]
    assert eighths == expected


@given(st.integers(1, 5), st.integers(1, 8), st.data())
def test_braille_shows_each_dot_and_no_other(rows, columns, data):
    dots = data.draw(arrays(np.bool_, (4 * rows, 2 * columns)))
    # Bits of a braille character by dot: left column 1 2 3 7, right column 4 5 6 8.
    bits = {(0, 0): 0, (1, 0): 1, (2, 0): 2, (0, 1): 3, (1, 1): 4, (2, 1): 5, (3, 0): 6, (3, 1): 7}
    for row, line in enumerate(braille_rows(dots)):
        for column, character in enumerate(line):
            code = 0 if character == " " else ord(character) - 0x2800
            for (y, x), bit in bits.items():
                assert bool(code >> bit & 1) == dots[4 * row + y, 2 * column + x]


def test_dots_that_fill_no_cells_are_refused():
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        braille_rows(np.zeros((3, 2), np.bool_))


@given(arrays(np.float64, st.integers(2, 60), elements=st.floats(0, 1)), st.integers(2, 30), st.integers(2, 60))
def test_a_curve_is_connected_and_reaches_its_peak(values, height, width):
    dots = curve_dots(values, height, width)
    assert dots.any(axis=0).all()
    assert dots[round((1 - values.max()) * (height - 1))].any()
    for before, after in zip(dots.T[:-1], dots.T[1:], strict=True):
        ours, theirs = np.flatnonzero(before), np.flatnonzero(after)
        assert theirs.min() - 1 <= ours.max()
        assert ours.min() <= theirs.max() + 1


def test_a_gap_in_the_values_is_a_gap_in_the_curve():
    dots = curve_dots(np.array([0.5, 0.5, np.nan, np.nan, 0.5, 0.5]), 8, 6)
    assert dots.any(axis=0).tolist() == [True, True, False, False, True, True]


@given(st.floats(1e-6, 1e9))
def test_the_end_of_a_scale_is_near_above(value):
    assert value * (1 - 1e-6) <= nice_ceiling(value) <= 2 * value


@pytest.mark.parametrize("value", [0, -3, np.nan])
def test_the_end_of_an_empty_scale_is_one(value):
    assert nice_ceiling(value) == 1


@given(st.lists(st.floats(0, 1e6), max_size=20))
def test_the_scale_of_a_sparkline_rises_and_holds_its_values(values):
    low, high = extent_of(np.array(values, np.float64))
    assert low < high
    assert all(low - 1e-9 <= value <= high + 1e-6 for value in values)


def test_noise_about_a_steady_value_is_no_news():
    steady = 25 + 0.1 * np.sin(np.arange(60))
    assert set(sparkline(steady, 30)) == {"▇"}
