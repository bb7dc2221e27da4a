"""Masks are kept at a bit a pixel, each slice once, and come back as they were."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.masks.kept import KeptMask, MaskBook
from tests.support.slices import carried, disc, slice_of

MASKS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 20), st.integers(1, 20)))


@given(mask=MASKS)
def test_a_mask_comes_back_as_it_was(mask):
    kept = KeptMask.of(slice_of(mask, 0))
    np.testing.assert_array_equal(kept.mask, mask)
    np.testing.assert_array_equal(kept.segmentation.mask, mask)


def test_what_the_frame_says_is_kept_and_its_picture_is_not():
    kept = KeptMask.of(slice_of(disc(9), 3, position_mm=12.5))
    assert (kept.frame.media_index, kept.frame.position_mm, kept.size) == (3, 12.5, (64, 64))
    assert kept.frame.image.size + kept.rest.probability.size + kept.rest.mask.size == 3
    assert kept.bits.nbytes == 64 * 64 / 8


def test_masks_come_in_the_order_of_the_stack_each_once_and_none_that_was_carried():
    book = MaskBook()
    for place, radius in ((2, 5), (0, 6), (2, 7)):
        book.add(slice_of(disc(radius), place))
    book.add(carried(slice_of(disc(3), 1)))
    assert [each.frame.place for each in book] == [0, 2]
    assert len(book) == 2
    np.testing.assert_array_equal(book.at(2).mask, disc(7))
    assert book.at(1) is None
