"""Planes of FFmpeg's frames as arrays."""

import av
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streamseg.video.planes import pixels_of


@given(st.integers(1, 140), st.integers(1, 140))
def test_what_is_written_into_a_plane_is_in_the_frame_whatever_its_size(height, width):
    picture = np.random.default_rng(0).integers(0, 256, (height, width), np.uint8)
    frame = av.VideoFrame(width, height, "gray")
    pixels_of(frame.planes[0])[:] = picture
    np.testing.assert_array_equal(frame.to_ndarray(), picture)
