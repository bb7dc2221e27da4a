"""Items of a caption never overlap, never stick out, and keep their order."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.overlay.layout import Group, Item, arrange

WIDTH_PX = 100
GAP_PX = 6
LINE_PX = 10


@st.composite
def groups(draw):
    keys = iter(range(1000))
    item = st.builds(
        lambda width, lines: Item(str(next(keys)), width, lines), st.integers(1, WIDTH_PX), st.integers(1, 3)
    )
    items = st.lists(item, max_size=5).map(tuple)
    return draw(st.lists(st.builds(Group, items, items), max_size=3))


def arranged(made):
    return arrange(made, width_px=WIDTH_PX, gap_px=GAP_PX, line_px=LINE_PX, leading_px=2)


@given(groups())
def test_every_item_stands_inside_and_over_no_other(made):
    spots, height = arranged(made)
    items = [item for group in made for item in (*group.head, *group.tail)]
    boxes = []
    for item in items:
        spot = spots[item.key]
        box = (spot.x_px, spot.y_px, spot.x_px + item.width_px, spot.y_px + item.lines * LINE_PX)
        assert box[0] >= 0
        assert box[2] <= WIDTH_PX
        assert box[3] <= height
        boxes.append(box)
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_a_tail_that_fits_ends_at_the_right_edge_of_the_last_row():
    spots, height = arranged([Group((Item("name", 30),), (Item("state", 20),))])
    assert (spots["state"].x_px, spots["state"].y_px) == (80, 0)
    assert height == LINE_PX


def test_a_tail_that_does_not_fit_gets_rows_of_its_own():
    spots, height = arranged([Group((Item("name", 70),), (Item("state", 40),))])
    assert (spots["state"].x_px, spots["state"].y_px) == (0, 12)
    assert height == 2 * LINE_PX + 2


def test_an_item_wider_than_the_room_is_refused():
    with pytest.raises(ValueError, match="'name' is 101 px wide and there are 100 px"):
        arranged([Group((Item("name", 101),), ())])
