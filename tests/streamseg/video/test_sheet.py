"""Pictures laid out for an encoder: the values that OpenCV converts to, in memory that is used again."""

from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.video.sheet import Sheet

# FFmpeg pads rows to a multiple of 32 or 64 pixels: widths on both sides of that.
SIDES = st.integers(1, 140)


def noise(size, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), np.uint8)


@given(SIDES, SIDES)
def test_a_frame_holds_the_planes_of_its_picture_whatever_its_size(height, width):
    picture = noise((height, width))
    frame = Sheet((height, width)).lay_out(picture)
    grown = cv2.copyMakeBorder(picture, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    assert (frame.height, frame.width) == grown.shape[:2]
    assert np.array_equal(frame.to_ndarray(), cv2.cvtColor(grown, cv2.COLOR_RGB2YUV_I420))


def test_a_grey_picture_has_no_colour():
    grey = noise((48, 64))[..., 0]
    planes = Sheet((48, 64)).lay_out(grey).to_ndarray()
    assert np.array_equal(planes, cv2.cvtColor(np.dstack([grey] * 3), cv2.COLOR_RGB2YUV_I420))
    assert np.all(planes[48:] == 128)


def test_the_next_picture_takes_the_memory_of_the_last():
    sheet = Sheet((48, 64))
    first = sheet.lay_out(noise((48, 64))).planes[0].buffer_ptr
    assert sheet.lay_out(noise((48, 64), seed=1)).planes[0].buffer_ptr == first


def test_a_frame_that_ffmpeg_keeps_stays_what_it_was():
    """An encoder may take the next picture before it is done with the last, as a graph of filters does here."""
    sheet, pictures = Sheet((48, 64)), [noise((48, 64), seed) for seed in range(4)]
    graph = av.filter.Graph()
    way_in = graph.add_buffer(width=64, height=48, format="yuv420p", time_base=Fraction(1, 30))
    graph.link_nodes(way_in, graph.add("buffersink")).configure()
    for picture in pictures:
        way_in.push(sheet.lay_out(picture))
    kept = [graph.vpull().to_ndarray() for _ in pictures]
    assert np.array_equal(kept, [cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420) for picture in pictures])


def test_another_size_is_refused():
    with pytest.raises(ValueError, match=r"expected a picture of \(48, 64\) \(height, width\), got \(50, 64\)"):
        Sheet((48, 64)).lay_out(noise((50, 64)))
