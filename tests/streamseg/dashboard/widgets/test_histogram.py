"""The histogram's markers are moved by mouse and key; what is asked for is a message, not a change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import on
from textual.app import App

from streamseg.dashboard.widgets.histogram import Histogram, Probabilities, column_to_value, value_to_column

SHOWN = Probabilities(threshold=0.5, floor=0.1)


class Moving(App):
    """A histogram of 101 columns, one for each hundredth."""

    def __init__(self):
        super().__init__()
        self.histogram = Histogram(SHOWN)
        self.moved = []

    def compose(self):
        yield self.histogram

    @on(Histogram.Moved)
    def keep(self, message):
        assert message.control is self.histogram
        self.moved.append((message.marker, message.value))


@given(st.integers(2, 101), st.data())
def test_a_value_read_from_a_column_stands_in_it(width, data):
    column = data.draw(st.integers(0, width - 1))
    assert value_to_column(column_to_value(column, width), width) == column


async def test_keys_move_the_markers_by_a_hundredth():
    app = Moving()
    async with app.run_test(size=(101, 10)) as pilot:
        app.histogram.focus()
        await pilot.press("right", "left", "shift+right", "shift+left")
        assert app.moved == [("threshold", 0.51), ("threshold", 0.49), ("floor", 0.11), ("floor", 0.09)]


async def test_no_marker_leaves_the_scale():
    app = Moving()
    async with app.run_test(size=(101, 10)) as pilot:
        app.histogram.show(Probabilities(threshold=1.0, floor=0.0))
        app.histogram.focus()
        await pilot.press("right", "shift+left")
        assert {value for _, value in app.moved} <= {0.0, 1.0}


async def test_the_nearest_marker_follows_the_mouse_until_it_is_let_go():
    app = Moving()
    async with app.run_test(size=(101, 10)) as pilot:
        await pilot.mouse_down(app.histogram, offset=(15, 2))
        await pilot.hover(app.histogram, offset=(30, 2))
        await pilot.mouse_up(app.histogram, offset=(30, 2))
        await pilot.hover(app.histogram, offset=(90, 2))
        await pilot.mouse_down(app.histogram, offset=(80, 2))
        assert app.moved == [("floor", 0.15), ("floor", 0.3), ("threshold", 0.8)]


@pytest.mark.parametrize(("threshold", "share"), [(0.0, 1.0), (0.5, 0.4), (0.9, 0.1), (1.0, 0.0)])
def test_the_share_at_the_threshold_counts_bins_from_it_on(threshold, share):
    counts = np.array([30, 10, 10, 5, 5, 10, 10, 10, 0, 10])
    assert Probabilities(counts, threshold).share_at_threshold == pytest.approx(share)


def test_without_pixels_no_share_is_at_the_threshold():
    assert Probabilities().share_at_threshold == 0
