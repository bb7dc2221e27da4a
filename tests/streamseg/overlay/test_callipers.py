"""Callipers lie where the lengths were taken, their values hide nothing, and both read on any picture."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.measure import measure
from streamseg.model_card import MeasurementKind
from streamseg.overlay.callipers import INK, _ellipse, calliper_marks, mark_size_px
from streamseg.overlay.mark import paint
from streamseg.overlay.readings import placed_readings
from tests.support.measured import ellipse_mask, segmented

ALL = get_args(MeasurementKind)
SIZE = 200, 260


def measured(mask, kinds=ALL, **of_frame):
    shown = segmented(mask, **of_frame)
    return replace(shown, measurements=measure(shown, kinds))


def painted(segmentation, grey=128):
    pane = np.full((*segmentation.mask.shape, 3), grey, np.uint8)
    paint(calliper_marks(segmentation), pane)
    return pane


def changed(pane, grey=128):
    return (pane != grey).any(axis=2)


def head(angle=0.4, **of_frame):
    return measured(ellipse_mask(60, 40, angle, size=SIZE, centre=(95, 150)), **of_frame)


def test_nothing_is_drawn_where_nothing_was_measured_or_found():
    for segmentation in (measured(np.zeros(SIZE, bool)), replace(head(), measurements=())):
        assert calliper_marks(segmentation) == ()


@pytest.mark.parametrize("kind", ["diameters", "depth", "bpd"])
def test_a_line_runs_from_one_end_to_the_other_and_nowhere_else_in_the_mask(kind):
    segmentation = measured(ellipse_mask(60, 40, 0.4, size=SIZE, centre=(95, 150)), (kind,))
    y, x = np.nonzero(changed(painted(segmentation)) & segmentation.mask)
    off = np.min([distance_to(each.points, y, x) for each in segmentation.measurements], axis=0)
    assert off.max() <= 1.6 * mark_size_px(SIZE) + 3
    for each in segmentation.measurements:
        middle = np.mean(each.points, axis=0)
        assert np.hypot(y - middle[0], x - middle[1]).min() < 6


def distance_to(points, y, x):
    """Return how far pixels are from the line between two points."""
    first, second = np.array(points)
    along = second - first
    share = np.clip(((y - first[0]) * along[0] + (x - first[1]) * along[1]) / (along @ along), 0, 1)
    return np.hypot(y - first[0] - share * along[0], x - first[1] - share * along[1])


def test_the_dots_of_a_circumference_lie_on_the_ellipse_that_it_is_of():
    angle = 0.7
    mask = ellipse_mask(30, 20, angle, size=SIZE, centre=(95, 150), spacing=(0.4, 0.5))
    (hc,) = measured(mask, ("hc",), spacing_mm=(0.4, 0.5)).measurements
    y, x = ((_ellipse(np.array(hc.points)) - (95, 150)) * (0.4, 0.5)).T
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    assert np.hypot(u / 30, v / 20) == pytest.approx(1, abs=0.02)


@settings(max_examples=40)
@given(st.floats(8, 150), st.floats(8, 150), st.floats(0, 200), st.floats(0, 260))
def test_values_never_stand_on_the_mask_nor_on_a_line(long, short, y, x):
    segmentation = measured(ellipse_mask(long, short, 0.3, size=SIZE, centre=(y, x)))
    pane = np.full((*SIZE, 3), 128, np.uint8)
    lines = np.array([point for each in segmentation.measurements for point in each.points]).reshape(-1, 2)
    for reading in placed_readings(segmentation.measurements, segmentation.mask, lines, INK):
        reading.paint(pane)
    is_written = changed(pane)
    assert not (is_written & segmentation.mask).any()
    rows, columns = np.nonzero(is_written)
    if rows.size:
        inside = (lines >= (rows.min(), columns.min())) & (lines <= (rows.max(), columns.max()))
        assert not inside.all(axis=1).any()


def test_where_the_mask_leaves_no_place_there_are_no_values():
    mask = np.ones(SIZE, bool)
    assert not changed(painted(measured(mask))).any()


def test_what_is_cut_off_is_said_without_a_line():
    segmentation = measured(ellipse_mask(60, 40, size=SIZE, centre=(0, 150)))
    pane = changed(painted(segmentation))
    assert pane.any()
    assert not (pane & segmentation.mask).any()


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_ink_and_its_dark_halo_are_both_there_on_any_grey(grey):
    pane = painted(head(), grey).astype(int)
    is_inked = np.abs(pane - INK).max(axis=2) < 40
    assert is_inked.sum() > 300
    assert (pane.max(axis=2) < 60).sum() > 300 or grey == 0


def test_a_picture_too_small_for_values_still_has_its_lines():
    segmentation = measured(ellipse_mask(12, 8, size=(40, 48), centre=(20, 24)))
    assert changed(painted(segmentation)).any()


def test_the_picture_may_have_any_shape_of_pixels_in_memory():
    wide = np.full((SIZE[0], 2 * SIZE[1], 3), 128, np.uint8)
    paint(calliper_marks(head()), wide[:, SIZE[1] :])
    np.testing.assert_array_equal(wide[:, SIZE[1] :], painted(head()))
    assert not changed(wide[:, : SIZE[1]]).any()
