"""Outlines hold what they were made of, and covers leave nothing outside of them."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.geometry import Box
from streamseg.outline import NO_COVER, Cover, Outline

SIZE = (60, 80)
boxes = st.builds(Box, st.integers(0, 20), st.integers(0, 30), st.integers(1, 40), st.integers(1, 50))
point = st.tuples(st.integers(0, SIZE[0] - 1), st.integers(0, SIZE[1] - 1))


def corners_of(points):
    """Return whether ``points`` span an area, so that there is an outline around them."""
    return np.linalg.matrix_rank(np.array(points) - points[0]) == 2


outlines = (
    st.lists(point, min_size=3, max_size=8).filter(corners_of).map(lambda points: Outline.around(np.array(points)))
)


@given(boxes)
def test_the_outline_of_a_box_covers_the_box_and_nothing_else(box):
    outline = Outline.of_box(box)
    inside = outline.mask(SIZE) > 0
    assert outline.box == box
    assert box.crop(inside).all()
    assert inside.sum() == box.area


@given(outlines)
def test_the_area_is_about_the_number_of_pixels_inside(outline):
    pixels = np.count_nonzero(outline.mask(SIZE))
    height, width = outline.box.size
    assert abs(outline.area_px - pixels) <= height + width


@given(outlines, outlines)
def test_a_union_holds_both(one, other):
    both = one.union(other).mask(SIZE) > 0
    assert both[one.mask(SIZE) > 0].mean() > 0.98
    assert both[other.mask(SIZE) > 0].mean() > 0.98


def test_an_outline_is_moved_with_what_it_is_around():
    assert Outline.of_box(Box(1, 2, 10, 20)).moved(5, 7).box == Box(6, 9, 10, 20)


@given(outlines, st.lists(point, min_size=1, max_size=5), st.booleans())
def test_it_surrounds_points_that_are_inside_and_not_on_its_line(outline, points, is_turned):
    corners = np.array(outline.points, np.int32)
    is_inside = [cv2.pointPolygonTest(corners, (float(y), float(x)), measureDist=False) > 0 for y, x in points]
    turned = Outline(outline.points[::-1]) if is_turned else outline
    assert turned.surrounds(np.array(points)) == all(is_inside)


def test_fewer_than_three_corners_are_no_outline():
    with pytest.raises(ValueError, match="at least three corners"):
        Outline(((0, 0), (1, 1)))


@pytest.mark.parametrize("shape", [SIZE, (*SIZE, 3)])
@given(outline=outlines, area=boxes)
def test_a_cover_leaves_nothing_outside_and_nothing_in_its_areas(shape, outline, area):
    picture = np.full(shape, 200, np.uint8)
    covered = Cover(outline, (area,)).of_picture(picture)
    seen = outline.mask(SIZE) > 0
    area.crop(seen)[...] = False
    assert (covered[seen] == 200).all()
    assert not covered[~seen].any()
    assert (picture == 200).all()


def test_an_area_that_reaches_over_the_edge_is_cut_off_there():
    covered = Cover(areas=(Box(50, 70, 100, 100),)).of_picture(np.full(SIZE, 9, np.uint8))
    assert not covered[50:, 70:].any()
    assert covered[:50].all()


def test_both_panes_of_a_canvas_are_covered_and_its_caption_is_not():
    canvas = np.full((80, 164, 3), 50, np.uint8)
    panes = (Box(0, 0, 60, 80), Box(0, 84, 60, 80))
    covered = Cover(Outline.of_box(Box(10, 10, 20, 30)), panes=panes).of_canvas(canvas)
    assert (covered[60:] == 50).all()
    for pane in panes:
        assert (pane.crop(covered)[10:30, 10:40] == 50).all()
        assert np.count_nonzero(pane.crop(covered)) == 3 * 20 * 30


def test_without_a_cover_a_picture_stays_the_same_one():
    picture = np.zeros((4, 4), np.uint8)
    assert NO_COVER.of_picture(picture) is picture
    assert NO_COVER.of_canvas(picture) is picture
    assert not NO_COVER.is_needed
