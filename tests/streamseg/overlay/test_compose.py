"""The canvas: the frame's own pixels, never scaled, never covered."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.overlay import draw
from streamseg.overlay.compose import overlay_marks
from streamseg.settings import OverlaySettings
from tests.support.renderings import BRAIN, CAPTION, grey_picture, live_caption, segmentation_of

RAW = OverlaySettings(mode="raw")


def rgb_of(grey):
    return np.repeat(grey[..., np.newaxis], 3, axis=2)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 70), st.integers(1, 300), st.sampled_from(["both", "raw", "side-by-side"]))
def test_height_and_width_are_even_and_the_canvas_is_read_only(height, width, mode):
    segmentation = segmentation_of(grey_picture((height, width)))
    canvas = draw(segmentation, settings=OverlaySettings(mode=mode), caption=CAPTION)
    assert canvas.dtype == np.uint8
    assert (canvas.shape[0] % 2, canvas.shape[1] % 2, canvas.shape[2]) == (0, 0, 3)
    assert canvas.shape[0] > height
    assert canvas.shape[1] >= width
    assert not canvas.flags.writeable


def test_no_pixel_of_the_picture_is_scaled_or_covered():
    picture = grey_picture((96, 160))
    canvas = draw(segmentation_of(picture), settings=RAW, caption=live_caption())
    np.testing.assert_array_equal(canvas[:96, :160], rgb_of(picture))


def test_outside_the_drawing_the_picture_shows_to_the_bit():
    picture = np.repeat(grey_picture((96, 160))[..., np.newaxis], 3, axis=2) // np.array([1, 2, 3], np.uint8)
    segmentation = segmentation_of(picture)
    canvas = draw(segmentation, settings=OverlaySettings(), caption=CAPTION)[:96]
    changed = (canvas != picture).any(axis=2)
    assert changed.any()
    rows, columns = np.nonzero(changed)
    # The soft edge of the disc ends at 0.342 of the picture's height, and the outline lies well inside.
    assert np.hypot(rows - 48, columns - 80).max() < 0.36 * 96


def test_side_by_side_has_the_bare_picture_on_the_left_and_the_overlay_on_the_right():
    picture = grey_picture((96, 160))
    segmentation = segmentation_of(picture)
    canvas = draw(segmentation, settings=OverlaySettings(mode="side-by-side"), caption=CAPTION)
    np.testing.assert_array_equal(canvas[:96, :160], rgb_of(picture))
    both = draw(segmentation, settings=OverlaySettings(mode="both"), caption=CAPTION)
    np.testing.assert_array_equal(canvas[:96, -160:], both[:96])


def test_hounsfield_units_are_shown_through_the_window_of_the_model():
    hu = np.array([[-1000, -20, 40, 100, 3000]], np.int16).repeat(30, axis=1).repeat(20, axis=0)
    segmentation = segmentation_of(hu, np.zeros(hu.shape, np.float32), unit="hu")
    canvas = draw(segmentation, settings=RAW, caption=CAPTION, window=BRAIN)
    assert canvas[0, 15:150:30, 0].tolist() == [0, 0, 128, 255, 255]


def test_hounsfield_units_without_a_window_are_refused():
    segmentation = segmentation_of(np.zeros((20, 20), np.int16), unit="hu")
    with pytest.raises(ValueError, match="frame 7 is in Hounsfield units"):
        draw(segmentation, settings=RAW, caption=CAPTION)


def test_a_picture_narrower_than_a_caption_stands_in_the_middle():
    canvas = draw(segmentation_of(np.full((40, 20), 200, np.uint8)), settings=RAW, caption=CAPTION)
    assert canvas.shape[1] == 128
    assert (canvas[:40, 54:74] == 200).all()
    assert (canvas[:40, :54] < 40).all()


def test_the_same_input_gives_the_same_canvas_and_a_changed_rate_changes_the_caption_only():
    segmentation = segmentation_of(grey_picture((96, 160)))
    first, again, later = (
        draw(segmentation, settings=OverlaySettings(), caption=replace(CAPTION, fps=fps)) for fps in (24, 24, 25)
    )
    np.testing.assert_array_equal(first, again)
    assert (first[96:] != later[96:]).any()
    np.testing.assert_array_equal(first[:96], later[:96])


def test_what_is_not_shown_is_not_worked_out():
    shown, nothing = (
        segmentation_of(np.zeros((96, 160), np.uint8), each) for each in (None, np.zeros((96, 160), np.float32))
    )
    assert overlay_marks(shown, RAW, CAPTION.rgb) == ()
    assert overlay_marks(nothing, OverlaySettings(mode="both"), CAPTION.rgb) == ()
    assert len(overlay_marks(shown, OverlaySettings(mode="contour"), CAPTION.rgb)) == 1
