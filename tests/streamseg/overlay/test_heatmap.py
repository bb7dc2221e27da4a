"""The heatmap: within 1.5 grey levels of the exact blend, and nothing where there is nothing to say."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.geometry import Box
from streamseg.overlay.heatmap import colours_of, heat_marks
from streamseg.overlay.mark import paint
from streamseg.settings import OverlaySettings

SHARES = st.floats(0, 1, width=32)


def painted(picture, probability, settings):
    canvas = picture.copy() if picture.ndim == 3 else np.repeat(picture[..., np.newaxis], 3, axis=2)
    paint(heat_marks(probability, settings), canvas)
    return canvas


@pytest.mark.parametrize("channels", [(), (3,)], ids=["grey", "rgb"])
@given(data=st.data(), floor=SHARES, opacity=SHARES)
def test_pixels_below_the_floor_stay_as_they_are_to_the_bit(channels, data, floor, opacity):
    probability = data.draw(arrays.arrays(np.float32, (6, 9), elements=SHARES))
    picture = data.draw(arrays.arrays(np.uint8, (6, 9, *channels)))
    canvas = painted(picture, probability, OverlaySettings(floor=floor, opacity=opacity))
    untouched = picture if channels else np.repeat(picture[..., np.newaxis], 3, axis=2)
    below = probability < floor
    np.testing.assert_array_equal(canvas[below], untouched[below])


@pytest.mark.parametrize("colour_map", ["inferno", "magma", "plasma", "viridis", "cividis"])
@given(data=st.data(), opacity=SHARES)
def test_what_is_drawn_is_the_blend_of_picture_and_colour_by_probability_times_opacity(colour_map, data, opacity):
    level = data.draw(arrays.arrays(np.uint8, (5, 7)))
    picture = data.draw(arrays.arrays(np.uint8, (5, 7)))
    settings = OverlaySettings(floor=0, opacity=opacity, colour_map=colour_map)
    canvas = painted(picture, (level / np.float32(255)).astype(np.float32), settings)
    share = (level / 255 * opacity)[..., np.newaxis]
    exact = share * colours_of(colour_map)[level] + (1 - share) * picture[..., np.newaxis]
    assert np.abs(canvas - exact).max() <= 1.51


@given(arrays.arrays(np.uint8, (8, 8)))
def test_a_grey_picture_and_its_rgb_twin_give_the_same_canvas(picture):
    probability = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    rgb = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    settings = OverlaySettings()
    np.testing.assert_array_equal(painted(picture, probability, settings), painted(rgb, probability, settings))


def test_an_empty_map_has_no_heat():
    assert heat_marks(np.zeros((8, 8), np.float32), OverlaySettings(floor=0)) == ()


@given(arrays.arrays(np.float32, (9, 12), elements=SHARES))
def test_no_pixel_outside_the_boxes_of_its_marks_is_changed(probability):
    canvas = np.full((9, 12, 3), 99, np.uint8)
    marks = heat_marks(probability, OverlaySettings(floor=0.4, opacity=1))
    paint(marks, canvas)
    for mark in marks:
        mark.box.crop(canvas)[...] = 99
    assert (canvas == 99).all()


def test_with_a_region_nothing_is_looked_for_outside_of_it():
    probability = np.zeros((40, 50), np.float32)
    region = Box(5, 7, 30, 20)
    region.crop(probability)[...] = np.linspace(0, 1, region.area).reshape(region.size)
    settings = OverlaySettings()
    picture = np.full((40, 50), 80, np.uint8)
    canvas = np.full((40, 50, 3), 80, np.uint8)
    paint(heat_marks(probability, settings, region=region), canvas)
    np.testing.assert_array_equal(canvas, painted(picture, probability, settings))


@pytest.mark.parametrize("colour_map", ["inferno", "magma", "plasma", "viridis", "cividis"])
def test_a_more_probable_pixel_has_a_lighter_colour(colour_map):
    lab = cv2.cvtColor(colours_of(colour_map)[np.newaxis], cv2.COLOR_RGB2LAB)[0]
    assert (np.diff(lab[::8, 0].astype(int)) > 0).all()


def test_colours_are_rgb():
    assert tuple(colours_of("viridis")[0]) == (68, 1, 84)
    assert tuple(colours_of("viridis")[-1]) == (253, 231, 37)


def test_a_large_picture_is_drawn_without_seams():
    size = (900, 500)
    y, x = np.mgrid[: size[0], : size[1]]
    level, picture = ((y + x) % 256).astype(np.uint8), ((3 * y + 2 * x) % 256).astype(np.uint8)
    canvas = painted(picture, (level / np.float32(255)).astype(np.float32), OverlaySettings(floor=0, opacity=0.5))
    share = (level / 255 * 0.5)[..., np.newaxis]
    exact = share * colours_of("inferno")[level] + (1 - share) * picture[..., np.newaxis]
    assert np.abs(canvas - exact).max() <= 1.51
