"""Two points and a distance make a scale, or a sentence that says why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.scan.calibration import Calibration, CalibrationDraft

places = st.tuples(st.floats(0, 2000), st.floats(0, 2000))


@given(first=places, length_px=st.floats(10, 900), distance_mm=st.floats(0.5, 400))
def test_the_scale_times_the_distance_in_pixels_is_the_distance(first, length_px, distance_mm):
    second = first[0] + 0.6 * length_px + 1e-6, first[1] + 0.8 * length_px + 1e-6
    calibration = Calibration(first, second, distance_mm)
    row, column = calibration.spacing_mm
    assert row == column
    assert row * calibration.distance_px == pytest.approx(distance_mm)


@pytest.mark.parametrize(
    ("second", "distance_mm", "message"),
    [
        ((3.0, 4.0), 10, "at least 10 px apart, got 5.0"),
        ((30.0, 40.0), 0, "above 0"),
        ((30.0, 40.0), 900, "at most 400"),
    ],
)
def test_what_makes_no_sense_is_refused(second, distance_mm, message):
    with pytest.raises(ValueError, match=message):
        Calibration((0.0, 0.0), second, distance_mm)


def draft(*points, keys=""):
    made = CalibrationDraft()
    for point in points:
        made = made.with_point(point)
    for key in keys:
        made = made.with_key(key)
    return made


def test_two_clicks_and_the_digits_make_a_calibration():
    made = draft((10.0, 5.0), (210.0, 5.0), keys="40")
    assert made.request == "type the mm between them, then Enter: 40_"
    assert made.finish().spacing_mm == (0.2, 0.2)


def test_each_step_says_what_comes_next():
    assert "first" in draft().request
    assert "second" in draft((1.0, 1.0)).request


def test_only_digits_and_one_point_are_taken_and_none_before_the_clicks():
    assert draft(keys="12").typed == ""
    assert draft((0.0, 0.0), (99.0, 0.0), keys="1a2,5.3²").typed == "12.53"
    assert draft((0.0, 0.0), (99.0, 0.0), keys="12").without_last_key().typed == "1"


def test_a_third_click_begins_anew():
    assert draft((0.0, 0.0), (99.0, 0.0), (5.0, 5.0), keys="1") == CalibrationDraft(((5.0, 5.0),))


@pytest.mark.parametrize(
    ("made", "message"),
    [(draft((0.0, 0.0)), "click the second"), (draft((0.0, 0.0), (99.0, 0.0)), "type the distance")],
)
def test_what_is_missing_is_asked_for(made, message):
    with pytest.raises(ValueError, match=message):
        made.finish()
