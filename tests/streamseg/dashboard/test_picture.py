"""Views of a frame for the preview."""

from dataclasses import replace

import numpy as np
import pytest

from streamseg.dashboard.picture import VIEWS, picture_of
from streamseg.display import displayed
from streamseg.frame import Rendering
from streamseg.model_card import Window
from streamseg.overlay.heatmap import colours_of
from tests.support.renderings import rendering_of, segmentation_of

RENDERING = rendering_of(3, size=(96, 128))


def test_the_overlay_is_the_canvas_without_its_caption():
    assert np.array_equal(picture_of(RENDERING, "overlay"), RENDERING.canvas[:96])


def test_the_raw_view_is_the_frame():
    picture = picture_of(RENDERING, "raw")
    assert np.array_equal(picture[..., 1], RENDERING.segmentation.frame.image)


def test_the_probability_is_drawn_in_its_colour_map():
    picture = picture_of(RENDERING, "probability", colour_map="viridis")
    assert np.array_equal(picture[48, 64], colours_of("viridis")[255])
    assert np.array_equal(picture[0, 0], colours_of("viridis")[0])


def test_side_by_side_has_the_frame_on_the_left_and_the_overlay_on_the_right():
    picture = picture_of(RENDERING, "side by side")
    assert np.array_equal(picture[:, :128], picture_of(RENDERING, "raw"))
    assert np.array_equal(picture[:, -128:], picture_of(RENDERING, "overlay"))


@pytest.mark.parametrize("view", VIEWS)
def test_a_frame_in_hounsfield_units_is_seen_through_its_window_or_as_its_overlay(view):
    frame = np.full((96, 128), 40, np.int16)
    segmentation = segmentation_of(frame, unit="hu")
    rendering = Rendering(segmentation, RENDERING.canvas)
    window = Window(centre_hu=40, width_hu=80)
    with_window, without = picture_of(rendering, view, window=window), picture_of(rendering, view)
    if view == "raw":
        assert np.array_equal(with_window[..., 0], displayed(segmentation.frame, window))
        assert np.array_equal(without, picture_of(rendering, "overlay"))
    assert with_window.dtype == without.dtype == np.uint8


@pytest.mark.parametrize("view", ["raw", "probability", "side by side"])
def test_a_large_frame_is_made_no_larger_than_a_terminal_can_show(view):
    size = (1200, 1600)
    segmentation = segmentation_of(np.zeros(size, np.uint8), np.zeros(size, np.float32))
    rendering = replace(RENDERING, segmentation=segmentation, canvas=np.zeros((1240, 1600, 3), np.uint8))
    height, width = picture_of(rendering, view).shape[:2]
    assert 600 <= width <= 660
    assert width / height == pytest.approx((2 if view == "side by side" else 1) * 4 / 3, rel=0.05)
