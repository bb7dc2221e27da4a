"""Every slice counts once, and a volume is never made up."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.stacks.book import StackBook, slice_volumes_ml
from tests.support.slices import ball_masks, carried, disc, slice_of


def book_of(segmentations, count=None):
    book = StackBook(count)
    for each in segmentations:
        book.add(each)
    return book


def stack(positions_mm, radius_px=10.0, **options):
    return [slice_of(disc(radius_px), place, position_mm=mm, **options) for place, mm in enumerate(positions_mm)]


def test_a_slice_adds_its_area_times_the_length_it_stands_for():
    slices = book_of(stack([0, 4, 8, 15])).slices
    area_mm2 = np.count_nonzero(disc(10.0)) * 0.25
    assert slice_volumes_ml(slices) == pytest.approx([area_mm2 * mm / 1000 for mm in (4, 4, 5.5, 7)])


@pytest.mark.parametrize("step_mm", [1.0, 2.5, 5.0])
def test_the_volume_of_a_ball_is_found_whatever_the_distance_of_the_slices(step_mm):
    heights_mm = np.arange(-20, 20.1, step_mm)
    masks = ball_masks(heights_mm, radius_mm=15, spacing_mm=0.25, side=160)
    slices = [
        slice_of(mask, place, position_mm=mm, spacing_mm=(0.25, 0.25))
        for place, (mask, mm) in enumerate(zip(masks, heights_mm, strict=True))
    ]
    expected_ml = 4 / 3 * math.pi * 15**3 / 1000
    assert book_of(slices).volume.volume_ml == pytest.approx(expected_ml, rel=0.03)


@given(st.lists(st.integers(0, 7), min_size=1, max_size=40))
def test_however_often_and_in_which_order_slices_come_each_counts_once(order):
    slices = stack([0, 5, 10, 15, 20, 25, 30, 35])
    again = book_of([slices[place] for place in order]).volume
    once = book_of([slices[place] for place in sorted(set(order))]).volume
    assert again == once


def test_a_slice_that_comes_again_counts_as_it_was_found_last():
    slices = stack([0, 5])
    book = book_of([*slices, slice_of(disc(3.0), 1, position_mm=5)])
    assert [each.area_px for each in book.slices] == [np.count_nonzero(disc(10.0)), np.count_nonzero(disc(3.0))]


def test_slices_that_were_not_seen_add_nothing():
    whole = book_of(stack([0, 5, 10, 15, 20]), 5).volume
    part = book_of([each for each in stack([0, 5, 10, 15, 20]) if each.frame.place != 2], 5).volume
    assert part.volume_ml == pytest.approx(whole.volume_ml * 4 / 5)
    assert (whole.is_complete, part.is_complete) == (True, False)
    assert part.words.endswith("a finding in 4 of 4 slices seen, of 5: incomplete")
    assert whole.words.endswith("mL; a finding in 5 of 5 slices")


def test_a_mask_carried_over_from_another_frame_is_not_counted():
    book = StackBook(2)
    first, second = stack([0, 5])
    assert book.add(first)
    assert not book.add(carried(second))
    assert book.volume.slices_seen == 1


@pytest.mark.parametrize(
    ("segmentations", "why_not"),
    [
        (stack([None, None]), "the positions of the slices are not known"),
        (stack([0, None]), "the positions of the slices are not known"),
        (stack([0, 5], spacing_mm=None), "the distance between pixels is not known"),
        (stack([0, 5, 5]), "the slices do not follow one another in one direction"),
        (stack([0], thickness_mm=None), "one slice alone has no neighbour, and its thickness is not known"),
        ([], "the positions of the slices are not known"),
    ],
)
def test_where_the_volume_cannot_be_known_the_reason_is_said_and_no_number(segmentations, why_not):
    volume = book_of(segmentations).volume
    assert (volume.volume_ml, volume.why_not) == (None, why_not)
    assert volume.words.startswith(f"not known: {why_not}")
