"""The part that lengths are measured on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from streamseg.geometry import Box
from streamseg.measure.part import Parts, box_of, largest_part, reaches_edge, reaches_outline
from streamseg.outline import Outline
from tests.support.measured import ellipse_mask

MASKS = arrays.arrays(np.bool_, st.tuples(st.integers(1, 12), st.integers(1, 12)))
EVERY_NEIGHBOUR = np.ones((3, 3))


def filled_parts(mask):
    """Return the parts of a mask with their holes filled, by another library, the largest first."""
    labels, count = ndimage.label(mask, EVERY_NEIGHBOUR)
    filled = [ndimage.binary_fill_holes(labels == label + 1) for label in range(count)]
    return sorted(filled, key=lambda part: -part.sum())


@given(MASKS)
def test_it_is_the_largest_connected_part_with_its_holes_filled(mask):
    box = box_of(mask)
    if box is None:
        assert not mask.any()
        return
    part = largest_part(mask, box)
    whole = np.zeros(mask.shape, bool)
    part.box.crop(whole)[...] = part.pixels
    parts = filled_parts(mask)
    assert part.pixels.sum() == parts[0].sum()
    assert any((whole == each).all() for each in parts)
    assert mask[tuple(part.outline.T)].all()


def test_an_island_in_a_hole_belongs_to_the_part_around_it():
    mask = np.zeros((20, 20), bool)
    mask[2:18, 2:18] = True
    mask[4:16, 4:16] = False
    mask[6:14, 6:14] = True
    part = largest_part(mask, Box(2, 2, 16, 16))
    assert part.box == Box(2, 2, 16, 16)
    assert part.pixels.all()


@given(MASKS, st.integers(0, 3), st.integers(0, 3))
def test_parts_are_all_of_a_mask_wherever_it_lies(mask, top, left):
    parts = Parts.of(mask, (top, left))
    if parts is None:
        assert not mask.any()
        return
    frame = np.pad(mask, ((top, 2), (left, 2)))
    np.testing.assert_array_equal(parts.mask(frame.shape), frame)
    assert (parts.box, parts.area_px) == (box_of(frame), mask.sum())


@given(MASKS)
def test_the_largest_alone_is_the_largest_part_with_its_holes_filled(mask):
    parts = Parts.of(mask)
    alone = np.zeros_like(mask) if parts is None else parts.only_largest().mask(mask.shape)
    assert any((alone == each).all() for each in filled_parts(mask)) or not (alone.any() or mask.any())


@given(MASKS)
def test_what_is_known_of_the_largest_alone_is_what_would_be_found_in_its_mask(mask):
    parts = Parts.of(mask)
    if parts is None:
        return
    alone = parts.only_largest()
    anew = Parts.of(alone.mask(mask.shape))
    assert (alone.box, alone.area_px) == (anew.box, anew.area_px)
    assert alone.largest.box == anew.largest.box
    np.testing.assert_array_equal(alone.largest.outline, anew.largest.outline)
    np.testing.assert_array_equal(alone.largest.pixels, anew.largest.pixels)


def test_of_a_single_structure_a_smaller_second_part_does_not_count():
    mask = np.zeros((20, 20), np.bool_)
    mask[1:4, 1:4] = mask[8:18, 8:18] = True
    mask[12:14, 12:14] = False
    expected = np.zeros_like(mask)
    expected[8:18, 8:18] = True
    np.testing.assert_array_equal(Parts.of(mask).only_largest().mask(mask.shape), expected)


@given(MASKS, st.integers(0, 40))
def test_parts_below_the_smallest_area_go_and_the_others_stay_as_they_are(mask, smallest):
    parts = Parts.of(mask)
    large = None if parts is None else parts.without_small(smallest)
    kept = np.zeros_like(mask) if large is None else large.mask(mask.shape)
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        part = labels == label
        assert kept[part].all() if part.sum() >= smallest else not kept[part].any()
    assert not kept[~mask].any()
    assert large is None or (large.box, large.area_px) == (box_of(kept), kept.sum())


def test_edges_are_reached_on_each_side_alone_and_beyond():
    limits = Box(2, 3, 10, 20)
    assert not reaches_edge(Box(3, 4, 8, 18), limits)
    for box in (Box(2, 4, 5, 5), Box(3, 3, 5, 5), Box(3, 4, 9, 5), Box(3, 4, 5, 19), Box(0, 0, 30, 40)):
        assert reaches_edge(box, limits), box


@pytest.mark.parametrize(
    ("centre", "is_cut"),
    [((100, 100), False), ((60, 100), True), ((150, 100), False), ((176, 100), True), ((30, 30), True)],
)
@pytest.mark.parametrize("is_turned", [False, True])
def test_the_line_of_a_sector_is_reached_where_the_part_touches_it_or_lies_beyond(centre, is_cut, is_turned):
    corners = ((20, 100), (190, 10), (190, 190))
    mask = ellipse_mask(20, 15, centre=centre)
    part = largest_part(mask, box_of(mask))
    assert reaches_outline(part, Outline(corners[::-1] if is_turned else corners)) == is_cut
