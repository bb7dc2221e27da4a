"""The square around a skull is found in any picture that shows one, and nothing else is taken for it."""

import cv2
import numpy as np
import pytest

from streamseg.geometry import Box
from streamseg.model_card import InputSpec, Window
from streamseg.scan.skull import FILL, LEAST_FIELD_MM, LEAST_SIDE, model_region, skull_region

BRAIN = Window(centre_hu=40, width_hu=120)
SIZE = (320, 400)


def slice_of(*, middle=(150, 190), axes=(80, 60), gap=0.0, size=SIZE):
    """Return a head in Hounsfield units: an ellipse of bone, open over ``gap`` degrees, around brain with a bleed."""
    hu = np.full(size, -1000, np.int16)
    place = middle[::-1]
    cv2.ellipse(hu, place, (axes[1], axes[0]), 0, 0, 360, 35, -1)
    cv2.ellipse(hu, place, (axes[1], axes[0]), 0, gap, 360, 700, 5)
    cv2.circle(hu, place, 12, 85, -1)
    return hu


def expected(*, middle=(150, 190), axes=(80, 60)):
    reach = (max(axes) + 2.5) / FILL
    return middle[0] - reach, middle[1] - reach, 2 * reach


def assert_around(box, **head):
    top, left, side = expected(**head)
    assert (box.top, box.left) == pytest.approx((top, left), abs=3)
    assert box.size == pytest.approx((side, side), abs=4)


def test_it_is_square_and_around_the_middle_of_the_skull():
    assert_around(skull_region(slice_of(), "hu", BRAIN))


def test_windowed_grey_levels_and_colours_show_the_same_skull():
    hu = slice_of()
    grey = np.clip((hu + 20) / 120 * 255, 0, 255).astype(np.uint8)
    found = skull_region(hu, "hu", BRAIN)
    assert skull_region(grey, "grey", BRAIN) == found
    assert skull_region(np.stack([grey] * 3, axis=2), "grey", BRAIN) == found


def test_an_opened_skull_is_one_skull():
    assert_around(skull_region(slice_of(gap=70), "hu", BRAIN))


def test_tubes_letters_and_single_pixels_are_no_part_of_it():
    hu = slice_of()
    hu[5:12, 5:12] = 900
    hu[300:306, 380:390] = 900
    hu[::17, ::23] = 900
    assert_around(skull_region(hu, "hu", BRAIN))


def test_a_white_panel_of_a_screen_does_not_hide_the_skull_beside_it():
    screen = np.zeros((1000, 1400), np.uint8)
    screen[:, 1100:] = 255
    screen[200:520, 100:500] = np.clip((slice_of() + 20) / 120 * 255, 0, 255).astype(np.uint8)
    found = skull_region(screen, "grey", BRAIN)
    top, left, side = expected(middle=(350, 290))
    assert (found.top, found.left) <= (top + 3, left + 3)
    assert found.left + found.width > left + side


def test_it_ends_where_the_picture_ends():
    box = skull_region(slice_of(middle=(60, 60)), "hu", BRAIN)
    assert (box.top, box.left) == (0, 0)
    assert box.fits(SIZE)


def test_a_small_ring_of_bone_is_brought_no_nearer_than_that():
    box = skull_region(slice_of(axes=(18, 18)), "hu", BRAIN)
    assert box.size == pytest.approx((LEAST_SIDE * 320, LEAST_SIDE * 320), abs=1)


def test_where_the_spacing_is_known_no_field_is_smaller_than_models_know():
    field = LEAST_FIELD_MM / 0.8
    box = skull_region(slice_of(axes=(40, 40)), "hu", BRAIN, (0.8, 0.8))
    assert box.size == pytest.approx((field, field), abs=1)
    assert_around(skull_region(slice_of(), "hu", BRAIN, (1.2, 1.2)))


@pytest.mark.parametrize("level", [-1000, 35, 90])
def test_without_bone_there_is_none(level):
    assert skull_region(np.full(SIZE, level, np.int16), "hu", BRAIN) is None


def test_only_a_model_made_for_it_is_shown_the_skull():
    assert model_region(slice_of(), "hu", InputSpec(height=64, width=64, window=BRAIN), None) is None
    spec = InputSpec(height=64, width=64, window=BRAIN, region="skull")
    assert model_region(slice_of(), "hu", spec, None) == skull_region(slice_of(), "hu", BRAIN)


def test_a_skull_without_a_window_is_refused():
    with pytest.raises(ValueError, match="needs a window"):
        InputSpec(height=64, width=64, region="skull")


def test_a_box_moves():
    assert Box(1, 2, 3, 4).moved(10, 20) == Box(11, 22, 3, 4)
