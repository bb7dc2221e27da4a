"""The scrubber asks for the frame that a person points at, and for no other."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from textual import on
from textual.app import App

from streamseg.dashboard.widgets.scrubber import Scrubber, Track, column_to_frame, draw_scrubber, frame_to_column
from tests.support.strips import lettered_ink

SCORES = np.zeros(100)
SCORES[[30, 60, 61]] = 0.9


class Seeking(App):
    """A scrubber over a hundred frames on fifty columns."""

    def __init__(self, track):
        super().__init__()
        self.scrubber = Scrubber(track)
        self.asked = []

    def compose(self):
        yield self.scrubber

    @on(Scrubber.Seek)
    def keep(self, message):
        assert message.control is self.scrubber
        self.asked.append(message.index)


def seeking(**changes):
    return Seeking(Track(**{"length": 100, "position": 50, "scores": SCORES, "threshold": 0.5} | changes))


@given(st.integers(1, 5000), st.integers(1, 300))
def test_every_column_leads_to_a_frame_and_shown_there_if_there_are_enough(length, width):
    for column in range(width):
        index = column_to_frame(column, length, width)
        assert 0 <= index < length
        if length >= width:
            assert frame_to_column(index, length, width) == column


@given(st.integers(1, 5000), st.integers(1, 300), st.integers(-10, 400))
def test_outside_the_line_is_its_end(length, width, column):
    assert 0 <= column_to_frame(column, length, width) < length


async def test_keys_ask_for_frames_from_where_the_last_question_led():
    app = seeking()
    async with app.run_test(size=(50, 6)) as pilot:
        app.scrubber.focus()
        await pilot.press("right", "right", "left", "pagedown", "pageup", "end", "home")
        assert app.asked == [51, 52, 51, 61, 51, 99, 0]


async def test_keys_beyond_an_end_ask_for_nothing():
    app = seeking(position=99)
    async with app.run_test(size=(50, 6)) as pilot:
        app.scrubber.focus()
        await pilot.press("right", "pagedown", "end")
        assert app.asked == []


async def test_shifted_keys_lead_from_finding_to_finding():
    app = seeking()
    async with app.run_test(size=(50, 6)) as pilot:
        app.scrubber.focus()
        await pilot.press("shift+right", "shift+right", "shift+right", "shift+left", "shift+left", "shift+left")
        assert app.asked == [60, 61, 60, 30]


async def test_without_a_threshold_there_are_no_findings():
    app = seeking(threshold=None)
    async with app.run_test(size=(50, 6)) as pilot:
        app.scrubber.focus()
        await pilot.press("shift+right")
        assert app.asked == []


async def test_the_mouse_is_followed_while_it_is_held():
    app = seeking()
    async with app.run_test(size=(50, 6)) as pilot:
        await pilot.mouse_down(app.scrubber, offset=(10, 1))
        await pilot.hover(app.scrubber, offset=(20, 1))
        await pilot.mouse_up(app.scrubber, offset=(20, 1))
        await pilot.hover(app.scrubber, offset=(40, 1))
        assert app.asked == [20, 40]


async def test_a_source_of_unknown_length_is_not_sought_in():
    app = seeking(length=0, scores=np.empty(0))
    async with app.run_test(size=(50, 6)) as pilot:
        app.scrubber.focus()
        await pilot.press("right", "end")
        await pilot.click(app.scrubber, offset=(10, 1))
        assert app.asked == []


async def test_what_the_stream_shows_then_is_where_keys_go_on():
    app = seeking()
    async with app.run_test(size=(50, 6)) as pilot:
        app.scrubber.focus()
        await pilot.press("right")
        app.scrubber.show(Track(length=100, position=70))
        await pilot.press("right")
        assert app.asked == [51, 71]


def test_a_single_finding_is_seen_however_long_the_recording():
    scores = np.zeros(20_000)
    scores[12_345] = 0.8
    strips = draw_scrubber(Track(20_000, 0, scores, 0.5), 4, 60, lettered_ink())
    column = frame_to_column(12_345, 20_000, 60)
    assert strips[0].text[column] != " "
    assert "1 finding ≥ 0.50" in strips[-1].text
