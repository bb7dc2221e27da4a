"""Grey conversion, scaling and windows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.intensity import apply_window, to_grey, unit_scale


def test_grey_is_the_luma_of_rgb():
    colours = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert to_grey(colours).tolist() == [[76, 150, 29, 255]]


def test_a_grey_picture_is_passed_through():
    grey = np.arange(12, dtype=np.uint8).reshape(3, 4)
    assert to_grey(grey) is grey


@pytest.mark.parametrize("shape", [(3, 4, 4), (3, 4, 1), (12,)])
def test_what_is_neither_grey_nor_rgb_is_refused(shape):
    with pytest.raises(ValueError, match="grey"):
        to_grey(np.zeros(shape, np.uint8))


def test_unit_scale_covers_zero_to_one_exactly():
    scaled = unit_scale(np.arange(256, dtype=np.uint8))
    assert scaled.dtype == np.float32
    assert (scaled[0], scaled[255]) == (0, 1)
    assert (np.diff(scaled) > 0).all()


def test_brain_window_maps_its_ends_and_centre():
    hu = np.array([-1000, -20, 40, 100, 3000], np.int16)
    np.testing.assert_allclose(apply_window(hu, 40, 120), [0, 0, 0.5, 1, 1], atol=1e-6)


@given(st.lists(st.integers(-1024, 3071), min_size=2), st.floats(-100, 100), st.floats(1, 4000))
def test_a_window_never_turns_the_order_of_densities_around(values, centre_hu, width_hu):
    hu = np.sort(np.array(values, np.int16))
    windowed = apply_window(hu, centre_hu, width_hu)
    assert (np.diff(windowed) >= 0).all()
    assert windowed.min() >= 0
    assert windowed.max() <= 1


def test_a_window_without_width_is_refused():
    with pytest.raises(ValueError, match="width must be above 0"):
        apply_window(np.zeros(3, np.int16), 40, 0)
