"""Grey levels from luma: those that FFmpeg gives the picture in RGB, and only where there is no colour."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, VideoReformatter
from hypothesis import given
from hypothesis import strategies as st

from streamseg.video.luma import LAYOUTS, grey_of
from streamseg.video.planes import pixels_of

# FFmpeg converts to RGB in another way on every kind of processor; on x86 there is no difference.
TOLERANCE = 1


def frame_of(luma, *, layout="yuv420p", colour_range=ColorRange.MPEG, chroma=128):
    """Return a decoded frame with these ``luma`` values (H, W)."""
    frame = av.VideoFrame(luma.shape[1], luma.shape[0], layout)
    frame.color_range = colour_range
    for plane, level in zip(frame.planes, (luma, chroma, chroma), strict=True):
        np.frombuffer(plane, np.uint8)[:] = 0  # what pads a row is no colour
        pixels_of(plane)[:] = level
    return frame


@pytest.mark.parametrize("colour_range", [ColorRange.UNSPECIFIED, ColorRange.MPEG, ColorRange.JPEG])
@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("width", [256, 257, 300])
def test_every_level_is_the_one_that_it_has_in_rgb(layout, colour_range, width):
    luma = np.tile(np.arange(width, dtype=np.uint8), (6, 1))
    frame = frame_of(luma, layout=layout, colour_range=colour_range)
    grey = grey_of(frame)
    rgb = VideoReformatter().reformat(frame, width, 6, "rgb24", threads=1).to_ndarray()
    assert (grey.dtype, grey.shape) == (np.uint8, luma.shape)
    np.testing.assert_allclose(np.dstack([grey] * 3).astype(int), rgb, atol=TOLERANCE)


def test_luma_of_limited_range_is_stretched_and_rounded_down():
    luma = np.arange(256, dtype=np.uint8)[np.newaxis].repeat(2, axis=0)
    np.testing.assert_array_equal(grey_of(frame_of(luma))[0], np.clip((np.arange(256) - 16) * 255 // 219, 0, 255))


def test_luma_of_full_range_is_not_copied():
    frame = frame_of(np.full((48, 64), 7, np.uint8), colour_range=ColorRange.JPEG)
    assert np.shares_memory(grey_of(frame), pixels_of(frame.planes[0]))


@given(plane=st.integers(1, 2), row=st.integers(0, 23), column=st.integers(0, 31), level=st.integers(0, 255))
def test_one_pixel_of_any_colour_makes_it_a_picture_in_colour(plane, row, column, level):
    frame = frame_of(np.full((48, 64), 90, np.uint8))
    pixels_of(frame.planes[plane])[row, column] = level
    assert (grey_of(frame) is None) == (level != 128)


@pytest.mark.parametrize("layout", ["yuv444p", "yuv420p10le", "rgb24", "gray", "nv12"])
def test_other_layouts_are_left_to_ffmpeg(layout):
    assert grey_of(av.VideoFrame(64, 48, layout)) is None
