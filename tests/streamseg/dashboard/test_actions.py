"""Every key, every dialog and the mouse, by pilot, on a stream that stands still."""

import pytest
from textual.widgets import Input

from streamseg.dashboard.keys import KEYS
from streamseg.dashboard.panels.control import ControlPanel
from streamseg.dashboard.screens.help import HelpScreen
from streamseg.dashboard.screens.question import QuestionScreen
from streamseg.dashboard.screens.switch import SwitchScreen
from streamseg.dashboard.widgets.histogram import Histogram
from streamseg.dashboard.widgets.scrubber import Scrubber
from tests.support.cockpit import note_of
from tests.support.still_feed import INDEX, LENGTH, StillLog

# What each key does to a stream that runs, at frame 96, with the settings that it began with; they are pressed in this
# order, so that what is chosen of the dashboard itself, as a view, follows from the keys before.
EFFECTS = {
    "space": lambda feed, _: feed.controls.is_paused,
    "left": lambda feed, _: feed.controls.is_paused and last(feed) == f"to frame {INDEX - 1} of the file",
    "right": lambda feed, _: feed.controls.is_paused,
    "comma": lambda feed, _: last(feed) == f"to frame {INDEX - 25} of the file",
    ".": lambda feed, _: last(feed) == f"to frame {INDEX + 25} of the file",
    "pageup": lambda feed, _: last(feed) == f"to frame {INDEX - 24} of the file",
    "pagedown": lambda feed, _: last(feed) == f"to frame {INDEX + 24} of the file",
    "home": lambda feed, _: last(feed) == "to frame 0 of the file",
    "end": lambda feed, _: last(feed) == f"to frame {LENGTH - 1} of the file",
    "N": lambda feed, _: last(feed) == "to frame 50 of the file",
    "n": lambda _, cockpit: "no finding after" in note_of(cockpit),
    "<": lambda feed, _: feed.controls.speed == 0.5,
    ">": lambda feed, _: feed.controls.speed == 2,
    "[": lambda feed, _: feed.controls.current.threshold == 0.45,
    "]": lambda feed, _: feed.controls.current.threshold == 0.55,
    "{": lambda feed, _: feed.controls.current.threshold == 0.49,
    "}": lambda feed, _: feed.controls.current.threshold == 0.51,
    "F": lambda feed, _: feed.controls.current.overlay.floor == 0.1,
    "f": lambda feed, _: feed.controls.current.overlay.floor == 0.2,
    "G": lambda _, cockpit: "smoothing 0.00" in note_of(cockpit),
    "g": lambda feed, _: feed.controls.current.smoothing == 0.05,
    "A": lambda _, cockpit: "smallest area 0 px" in note_of(cockpit),
    "a": lambda feed, _: feed.controls.current.smallest_area_px == 10,
    "i": lambda _, cockpit: isinstance(cockpit.screen, QuestionScreen),
    "v": lambda _, cockpit: "view raw" in note_of(cockpit),
    "V": lambda _, cockpit: "view overlay" in note_of(cockpit),
    "o": lambda feed, _: feed.controls.current.overlay.mode == "side-by-side",
    "O": lambda feed, _: feed.controls.current.overlay.mode == "contour",
    "c": lambda feed, _: feed.controls.current.overlay.colour_map == "magma",
    "C": lambda feed, _: feed.controls.current.overlay.colour_map == "cividis",
    "l": lambda feed, _: not feed.controls.current.overlay.callipers,
    "P": lambda feed, _: feed.controls.current.overlay.opacity == 0.3,
    "p": lambda feed, _: feed.controls.current.overlay.opacity == 0.5,
    "r": lambda feed, _: feed.controls.current.is_recording,
    "s": lambda feed, _: (feed.folder / f"streamseg-frame-{INDEX:06}.png").stat().st_size > 0,
    "m": lambda feed, _: (feed.controls.events[-1].kind, last(feed)) == ("mark", f"frame {INDEX}"),
    "M": lambda _, cockpit: isinstance(cockpit.screen, QuestionScreen),
    "w": lambda feed, _: "threshold" in (feed.folder / "streamseg.toml").read_text(),
    "S": lambda feed, _: (feed.folder / "streamseg-dashboard.svg").read_text().startswith("<svg"),
    "u": lambda _, cockpit: "nothing to undo" in note_of(cockpit),
    "U": lambda _, cockpit: "nothing to redo" in note_of(cockpit),
    "x": lambda _, cockpit: isinstance(cockpit.screen, SwitchScreen),
    "X": lambda _, cockpit: "no switch to take back" in note_of(cockpit),
    "1": lambda _, cockpit: "page 1: stream" in note_of(cockpit),
    "2": lambda _, cockpit: cockpit.query_one(ControlPanel).is_on_screen,
    "3": lambda _, cockpit: "page 3: events" in note_of(cockpit),
    "4": lambda _, cockpit: "page 4: more" in note_of(cockpit),
    "k": lambda _, cockpit: "plotted: maximum" in note_of(cockpit),
    "K": lambda _, cockpit: "plotted: top per cent" in note_of(cockpit),
    "d": lambda _, cockpit: cockpit.theme == "streamseg-light",
    "?": lambda _, cockpit: isinstance(cockpit.screen, HelpScreen),
    "h": lambda _, cockpit: isinstance(cockpit.screen, HelpScreen),
    "ctrl+p": lambda _, cockpit: type(cockpit.screen).__name__ == "CommandPalette",
    "q": lambda _, cockpit: not cockpit.was_interrupted and cockpit.return_code == 0,
    "ctrl+c": lambda _, cockpit: cockpit.was_interrupted and cockpit.return_code == 0,
}


LEAVING = ("q", "ctrl+c")


def last(feed):
    return feed.controls.events[-1].message


def test_there_is_a_test_for_every_key():
    assert list(EFFECTS) == [key for row in KEYS for key, _ in row.keys]


def test_every_key_does_what_the_table_says(feed, drive, settled):
    wrong = []

    async def press(pilot):
        for key, has_effect in EFFECTS.items():
            if key in LEAVING:
                continue
            feed.__post_init__()
            await pilot.press(key)
            await settled(pilot)
            if not has_effect(feed, pilot.app):
                wrong.append((key, note_of(pilot.app)))
            if len(pilot.app.screen_stack) > 1:
                await pilot.press("escape")

    drive(feed, press)
    assert wrong == []


@pytest.mark.parametrize("key", LEAVING)
def test_the_key_ends_the_dashboard(key, feed, drive):
    async def press(pilot):
        await pilot.press(key)

    assert EFFECTS[key](feed, drive(feed, press))


def test_a_key_that_would_change_a_log_says_that_it_cannot(tmp_path, drive, settled):
    silent = []

    async def press(pilot):
        for key in (key for row in KEYS if row.needs in ("controls", "switcher", "time") for key, _ in row.keys):
            await pilot.press(key)
            await settled(pilot)
            if " log " not in note_of(pilot.app):
                silent.append((key, note_of(pilot.app)))
            pilot.app.say("")

    drive(StillLog(tmp_path), press)
    assert silent == []


def test_undo_takes_the_last_change_back_and_redo_makes_it_again(feed, drive, settled):
    seen = []

    async def press(pilot):
        for key in ("]", "o", "u", "u", "U"):
            await pilot.press(key)
            seen.append((feed.controls.current.threshold, feed.controls.current.overlay.mode))
        await settled(pilot)

    drive(feed, press)
    assert seen == [(0.55, "both"), (0.55, "side-by-side"), (0.55, "both"), (0.5, "both"), (0.55, "both")]


def test_a_region_that_is_none_is_refused_in_the_dialog_and_a_good_one_is_set(feed, drive, settled):
    async def ask(pilot):
        await pilot.press("i")
        await pilot.pause()
        pilot.app.screen.query_one(Input).value = "here"
        await pilot.press("enter")
        assert "here" in str(pilot.app.screen.query_one(".refusal").content)
        pilot.app.screen.query_one(Input).value = "8,8,40,40"
        await pilot.press("enter")
        await settled(pilot)

    drive(feed, ask)
    assert feed.controls.current.region == "8,8,40,40"


def test_words_of_a_mark_go_into_the_events(feed, drive, settled):
    async def write(pilot):
        await pilot.press("M")
        await pilot.pause()
        await pilot.press(*"shadow", "enter")
        await settled(pilot)

    drive(feed, write)
    assert (feed.controls.events[-1].kind, last(feed)) == ("mark", "shadow")


def test_the_switch_dialog_asks_for_what_was_typed_and_leaves_the_other_settings_alone(feed, drive, settled):
    async def switch(pilot):
        await pilot.press("x")
        await pilot.pause()
        pilot.app.screen.query_one("#location", Input).value = "synthetic:head"
        pilot.app.screen.query_one("#model", Input).value = "other"
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("X")
        await settled(pilot)

    drive(feed, switch)
    [(location, settings)] = feed.switches.asked
    assert (location, settings.model.name, settings.output) == ("synthetic:head", "other", feed.settings.output)
    assert feed.switches.went_back == 1


@pytest.mark.parametrize("key", ["i", "M", "x", "question_mark", "ctrl+p"])
def test_escape_closes_a_dialog_and_changes_nothing(key, feed, drive, settled):
    async def look(pilot):
        await pilot.press(key)
        await pilot.pause()
        assert len(pilot.app.screen_stack) == 2
        await pilot.press("escape")
        await settled(pilot)
        assert len(pilot.app.screen_stack) == 1

    drive(feed, look)
    assert feed.controls.events == ()
    assert feed.switches.asked == []


def test_a_dragged_marker_of_the_histogram_is_the_threshold(feed, drive, settled):
    async def drag(pilot):
        await pilot.press("2")
        await settled(pilot)
        width = pilot.app.query_one(Histogram).size.width
        await pilot.mouse_down(Histogram, offset=(width // 2, 3))
        await pilot.hover(Histogram, offset=(width - 1, 3))
        await pilot.mouse_up(Histogram, offset=(width - 1, 3))
        await settled(pilot)

    drive(feed, drag)
    assert feed.controls.current.threshold == 1
    feed.controls.undo()
    assert feed.controls.current.threshold == 0.5


def test_a_click_on_a_dial_sets_it(feed, drive, settled):
    async def click(pilot):
        await pilot.press("2")
        await settled(pilot)
        await pilot.click("#dial-opacity", offset=(14, 0))
        await settled(pilot)

    drive(feed, click)
    assert feed.controls.current.overlay.opacity == 0


def test_a_click_on_a_word_changes_it(feed, drive, settled):
    async def click(pilot):
        await pilot.press("2")
        await settled(pilot)
        await pilot.click("#choice-colour_map")
        await settled(pilot)

    drive(feed, click)
    assert feed.controls.current.overlay.colour_map == "magma"


def test_a_click_on_the_scrubber_seeks(feed, drive, settled):
    async def click(pilot):
        await pilot.click(Scrubber, offset=(0, 0))
        await settled(pilot)

    drive(feed, click)
    assert last(feed) == "to frame 0 of the file"


def test_a_click_on_the_key_line_does_what_the_key_does(feed, drive, settled):
    async def click(pilot):
        await pilot.click("KeyBar", offset=(4, 0))
        await settled(pilot)

    drive(feed, click)
    assert feed.controls.is_paused
