"""The part that lengths are measured on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import ndimage

from streamseg.geometry import Box
from streamseg.measure.part import box_of, largest_part, reaches_edge, reaches_outline
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
