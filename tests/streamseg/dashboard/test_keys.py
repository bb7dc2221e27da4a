"""The one table of keys."""

from pathlib import Path

from streamseg.dashboard.app import Cockpit
from streamseg.dashboard.keys import KEYS, keys_in_markdown
from streamseg.dashboard.panels.bars import key_line
from streamseg.dashboard.screens.commands import commands
from streamseg.dashboard.screens.help import help_text


def test_no_key_is_given_away_twice():
    keys = [key for row in KEYS for key, _ in row.keys]
    assert len(keys) == len(set(keys))


def test_every_action_is_one_of_the_application():
    actions = {action.partition("(")[0] for row in KEYS for _, action in row.keys}
    assert [name for name in actions if not hasattr(Cockpit, f"action_{name}")] == []


def test_the_window_has_the_same_keys_for_the_same_things():
    by_key = {key: action for row in KEYS for key, action in row.keys}
    of_window = {
        "space": "toggle_pause",
        "right": "step(1)",
        "left": "step(-1)",
        "[": "turn('threshold',-5)",
        "]": "turn('threshold',5)",
        "{": "turn('threshold',-1)",
        "}": "turn('threshold',1)",
        "o": "choose('mode',1)",
        "l": "toggle_callipers",
        "s": "save_picture",
        "r": "toggle_recording",
        "h": "help",
        "?": "help",
        "q": "quit",
    }
    assert {key: by_key[key] for key in of_window} == of_window


def test_the_help_names_every_key():
    text = help_text().plain
    assert [row.shown for row in KEYS if row.shown not in text] == []


def test_the_key_line_fits_and_always_says_how_to_get_help_and_how_to_leave():
    rows = [row for row in KEYS if row.label]
    for width in range(20, 200):
        line = key_line(rows, width)
        assert line.cell_length <= width
        assert "help" in line.plain
        assert "end" in line.plain


def test_every_action_is_a_command_of_the_palette_under_a_name_of_its_own():
    names, actions = zip(*commands(), strict=True)
    assert len(names) == len(set(names))
    everything = {action for row in KEYS for _, action in row.keys} - {"command_palette"}
    assert everything <= set(actions)


def test_the_document_has_the_table_as_it_is():
    document = Path(__file__).parents[3] / "docs" / "dashboard.md"
    assert keys_in_markdown() in document.read_text(encoding="utf-8")
