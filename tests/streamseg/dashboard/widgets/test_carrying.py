"""Graphics travel with a line of text without ever being cut."""

import io

import pytest
from rich.console import Console
from rich.segment import Segment
from textual.strip import Strip

from streamseg.dashboard.widgets.carrying import CarryingStrip

LINE = Strip([Segment("picture")], 7)


@pytest.fixture
def console():
    return Console(file=io.StringIO(), force_terminal=True, color_system="truecolor")


def test_the_sequence_is_written_after_the_text(console):
    assert CarryingStrip(LINE, "\x1bPq\x1b\\").render(console) == "picture\x1bPq\x1b\\"


def test_the_sequence_takes_no_cells():
    assert CarryingStrip(LINE, "\x1bPq\x1b\\").cell_length == 7


def test_another_picture_makes_another_line():
    assert CarryingStrip(LINE, "one") == CarryingStrip(LINE, "one")
    assert CarryingStrip(LINE, "one") != CarryingStrip(LINE, "two")
    assert CarryingStrip(LINE, "one") != LINE


@pytest.mark.parametrize("cuts", [[7], [3, 7], [1, 2, 7]])
def test_the_last_part_of_a_divided_line_carries_the_sequence_whole(cuts, console):
    parts = CarryingStrip(LINE, "SEQUENCE").divide(cuts)
    assert "".join(part.render(console) for part in parts) == "pictureSEQUENCE"
    assert sum(isinstance(part, CarryingStrip) for part in parts) == 1


def test_the_whole_line_cropped_is_the_line():
    line = CarryingStrip(LINE, "SEQUENCE")
    assert line.crop(0, 7) is line
