"""Small pictures hold the means of large ones."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streamseg.scan.thumbnail import thumbnail, thumbnail_size


@given(height=st.integers(1, 700), width=st.integers(1, 700), is_colour=st.booleans())
def test_a_picture_of_one_level_stays_so_at_any_size(height, width, is_colour):
    shape = (height, width, 3) if is_colour else (height, width)
    small = thumbnail(np.full(shape, 77, np.uint8), 64)
    assert small.shape == thumbnail_size((height, width), 64)
    assert max(small.shape) <= 64
    assert (small == 77).all()


def test_what_is_small_already_is_copied_as_it_is():
    image = np.arange(48, dtype=np.uint8).reshape(6, 8)
    small = thumbnail(image, 64)
    np.testing.assert_array_equal(small, image)
    assert not np.shares_memory(small, image)


def test_blocks_are_averaged():
    image = np.kron(np.array([[0, 200], [100, 40]], np.uint8), np.ones((320, 320), np.uint8))
    small = thumbnail(image, 64)
    assert small[5, 5] == 0
    assert small[5, 60] == 200
    assert small[60, 5] == 100
