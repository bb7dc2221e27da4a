"""The whole dashboard as text at several sizes, compared with what is stored in ``golden``.

To store it as it is now, after looking at it::

    UPDATE_GOLDEN=1 python -m pytest tests/streamseg/dashboard/test_screens.py
"""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from streamseg.dashboard.app import Looks
from streamseg.dashboard.arrangement import arrangement_for
from streamseg.dashboard.panels import load
from streamseg.dashboard.widgets.graphics import TerminalGraphics
from streamseg.frame import Event
from tests.support.still_feed import NOW_NS, StillFeed, StillLog

GOLDEN = Path(__file__).parent / "golden"
EVENTS = (
    Event("warning", "the camera was asked for 60 Hz and gives 25 Hz", NOW_NS - 64_000_000_000, 3),
    Event("mark", "shadow behind the bone", NOW_NS - 21_000_000_000, 60),
    Event("drop", "inference_busy: 3 frames were dropped, none in the last seconds", NOW_NS - 4_000_000_000, 90),
)


@pytest.fixture(autouse=True)
def _same_machine(monkeypatch):
    monkeypatch.setattr(load, "usable_cores", lambda: 4)
    monkeypatch.setattr(load.psutil, "virtual_memory", lambda: SimpleNamespace(total=8 * 2**30))


def text_of(drive, settled, feed, size, *keys, looks=None):
    lines = []

    async def look(pilot):
        for key in keys:
            await pilot.press(key)
        pilot.app.say("")
        await settled(pilot)
        lines.extend(strip.text.rstrip() for strip in pilot.app.screen._compositor.render_strips())

    drive(feed, look, size=size, looks=looks or Looks(depth="true"))
    return "\n".join(lines) + "\n"


def compare(name, text):
    stored = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        stored.write_text(text, encoding="utf-8")
    assert text == stored.read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids="{0[0]}x{0[1]}".format)
def test_a_file_that_plays_looks_as_stored(size, feed, drive, settled):
    feed.events = EVENTS
    compare(f"file-{size[0]}x{size[1]}", text_of(drive, settled, feed, size))


@pytest.mark.parametrize("page", ["2", "3", "4"])
def test_each_page_of_a_small_terminal_looks_as_stored(page, feed, drive, settled):
    feed.events = EVENTS
    compare(f"file-80x24-page-{page}", text_of(drive, settled, feed, (80, 24), page))


def test_a_camera_without_unicode_looks_as_stored(tmp_path, drive, settled):
    looks = Looks(graphics=TerminalGraphics(), is_ascii=True)
    text = text_of(drive, settled, StillFeed(tmp_path, is_live=True), (80, 24), looks=looks)
    compare("camera-ascii-80x24", text)
    assert text.isascii()


def test_a_log_looks_as_stored(tmp_path, drive, settled):
    looks = Looks(graphics=None)
    compare("log-120x40", text_of(drive, settled, StillLog(tmp_path), (120, 40), looks=looks))


def test_the_help_looks_as_stored(feed, drive, settled):
    compare("help-80x24", text_of(drive, settled, feed, (80, 24), "question_mark"))


@pytest.mark.parametrize(
    ("rows", "columns", "arrangement"),
    [
        (24, 80, "small"),
        (24, 200, "small"),
        (60, 90, "small"),
        (40, 120, "medium"),
        (60, 120, "medium"),
        (60, 200, "large"),
    ],
)
def test_a_terminal_has_the_arrangement_that_fits_both_its_sides(rows, columns, arrangement):
    assert arrangement_for(rows, columns) == arrangement
