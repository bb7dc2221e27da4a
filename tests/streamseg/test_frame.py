"""Frames are checked and read-only."""

import numpy as np
import pytest

from streamseg.frame import Frame


@pytest.mark.parametrize(
    ("image", "unit"),
    [
        (np.zeros((2, 3), np.uint8), "grey"),
        (np.zeros((2, 3, 3), np.uint8), "grey"),
        (np.zeros((2, 3), np.int16), "hu"),
    ],
)
def test_a_frame_makes_its_pixels_read_only(image, unit):
    frame = Frame(image, 0, 1, unit=unit)
    assert frame.size == (2, 3)
    with pytest.raises(ValueError, match="read-only"):
        frame.image[0, 0] = 1


@pytest.mark.parametrize(
    ("image", "unit"),
    [
        (np.zeros((2, 3), np.float32), "grey"),
        (np.zeros((2, 3), np.uint8), "hu"),
        (np.zeros((2, 3, 3), np.int16), "hu"),
        (np.zeros((2, 3, 4), np.uint8), "grey"),
        (np.zeros((0, 3), np.uint8), "grey"),
        (np.zeros(3, np.uint8), "grey"),
    ],
)
def test_what_is_no_picture_is_refused(image, unit):
    with pytest.raises(ValueError, match="a frame in unit"):
        Frame(image, 0, 1, unit=unit)
