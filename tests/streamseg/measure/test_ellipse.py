"""The ellipse of a mask, and its circumference."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ellipe

from streamseg.measure.ellipse import circumference, fit_ellipse
from streamseg.measure.part import box_of, largest_part
from tests.support.measured import ellipse_mask

SPACING = st.floats(0.2, 0.6)


def true_circumference(long, ratio):
    return 4 * long * ellipe(1 - ratio**2)


@settings(max_examples=50)
@given(st.floats(45, 90), st.floats(0.6, 1), st.floats(0, math.pi))  # heads are 0.7 to 0.9 times as wide as long
def test_the_circumference_is_the_true_one_to_a_quarter_of_a_per_cent(long, ratio, angle):
    found = circumference(ellipse_mask(long, long * ratio, angle), (0.3, 0.3))
    assert found == pytest.approx(0.3 * true_circumference(long, ratio), rel=2.5e-3)


@settings(max_examples=50)
@given(st.floats(20, 30), st.floats(0.6, 0.95), st.floats(0, math.pi), SPACING, SPACING)
def test_pixels_need_not_be_square(long_mm, ratio, angle, row_mm, column_mm):
    mask = ellipse_mask(
        long_mm, long_mm * ratio, angle, spacing=(row_mm, column_mm), size=(310, 310), centre=(155, 155)
    )
    part = largest_part(mask, box_of(mask))
    ellipse = fit_ellipse(part, (row_mm, column_mm))
    assert ellipse.circumference == pytest.approx(true_circumference(long_mm, ratio), rel=4e-3)
    assert (ellipse.long, ellipse.short) == pytest.approx((long_mm, long_mm * ratio), rel=6e-3)
    assert ellipse.centre == pytest.approx((155, 155), abs=0.2)
    for axis, length in ((ellipse.long_axis, ellipse.long), (ellipse.short_axis, ellipse.short)):
        assert np.hypot(*(axis * (row_mm, column_mm))) == pytest.approx(length)


def test_small_specks_beside_the_head_and_holes_in_it_do_not_count():
    mask = ellipse_mask(50, 40, 0.3)
    alone = circumference(mask, (1.0, 1.0))
    mask[5:12, 5:12] = True
    mask[90:110, 100:130] = False
    assert circumference(mask, (1.0, 1.0)) == alone


def test_an_empty_mask_has_none():
    assert circumference(np.zeros((20, 20), bool), (1.0, 1.0)) is None


def test_a_circle_has_any_axes_and_the_circumference_of_a_circle():
    found = circumference(ellipse_mask(60, 60), (0.5, 0.5))
    assert found == pytest.approx(2 * math.pi * 30, rel=1e-3)
