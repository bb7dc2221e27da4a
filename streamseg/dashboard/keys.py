"""Every key of the dashboard in one table: the bindings, the key line, the help and the documents are made from it.

Where the window (`streamseg.sinks.window`) has a key for the same thing, it is the same key.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from textual.binding import Binding, BindingType

Need = Literal["", "controls", "transport", "switcher", "settings", "picture", "time"]
"""What a feed must have for a key to do anything, in the words of `streamseg.watch.feed.Feed`; empty for nothing.

``time`` is one of the first two, and ``picture`` a preview.
"""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """Keys that belong together, and what they do.

    Attributes
    ----------
    keys
        Pairs of a key, as typed or by Textual's name, and the action of the application that it calls.
    words
        What they do, for the help; one part for each key, separated by commas, or one for all.
    label
        The same in a word, for the key line; empty where it is not there.
    """

    group: str
    keys: tuple[tuple[str, str], ...]
    words: str
    needs: Need = ""
    label: str = ""

    @property
    def shown(self) -> str:
        """The keys as a person would write them."""
        return " ".join(_SHOWN.get(key, key) for key, _ in self.keys)


_SHOWN = MappingProxyType(
    {
        "left": "←",
        "right": "→",
        "pageup": "PgUp",
        "pagedown": "PgDn",
        "home": "Home",
        "end": "End",
        "ctrl+c": "Ctrl-C",
        "ctrl+p": "Ctrl-P",
        "comma": ",",
    }
)


def _row(group: str, keys: str, actions: str, words: str, **more: str) -> KeyRow:
    """Return a row for ``keys`` and ``actions``, both separated by blanks."""
    pairs = tuple(zip(keys.split(), actions.split(), strict=True))
    return KeyRow(group, pairs, words, **more)  # type: ignore[arg-type]  # needs is one of the words of Need


KEYS: tuple[KeyRow, ...] = (
    _row("Stream", "space", "toggle_pause", "hold or go on", needs="time", label="hold"),
    _row("Stream", "left right", "step(-1) step(1)", "frame before, next frame", needs="time"),
    _row("Stream", "comma .", "skip(-1) skip(1)", "one second back, one second on", needs="transport"),
    _row("Stream", "pageup pagedown", "leap(-1) leap(1)", "a tenth of the file back, a tenth on", needs="transport"),
    _row("Stream", "home end", "seek_first seek_last", "first frame, last frame", needs="transport"),
    _row("Stream", "N n", "finding(-1) finding(1)", "finding before, next finding", needs="transport"),
    _row("Stream", "< >", "speed(-1) speed(1)", "slower, faster", needs="transport"),
    _row(
        "Mask",
        "[ ]",
        "turn('threshold',-5) turn('threshold',5)",
        "threshold down or up by 0.05",
        needs="controls",
        label="threshold",
    ),
    _row("Mask", "{ }", "turn('threshold',-1) turn('threshold',1)", "threshold down or up by 0.01", needs="controls"),
    _row("Mask", "F f", "turn('floor',-5) turn('floor',5)", "floor down or up by 0.05", needs="controls"),
    _row("Mask", "G g", "turn('smoothing',-5) turn('smoothing',5)", "smoothing down or up by 0.05", needs="controls"),
    _row(
        "Mask",
        "A a",
        "turn('smallest_area_px',-1) turn('smallest_area_px',1)",
        "smallest area down or up",
        needs="controls",
    ),
    _row("Mask", "i", "choose_region", "region of interest", needs="controls"),
    _row(
        "Picture", "v V", "view(1) view(-1)", "overlay, raw, probability, side by side", needs="picture", label="view"
    ),
    _row("Picture", "o O", "choose('mode',1) choose('mode',-1)", "way of drawing", needs="controls", label="overlay"),
    _row("Picture", "c C", "choose('colour_map',1) choose('colour_map',-1)", "colour map", needs="controls"),
    _row("Picture", "l", "toggle_callipers", "callipers on or off", needs="controls"),
    _row("Picture", "P p", "turn('opacity',-10) turn('opacity',10)", "opacity down or up by 0.1", needs="controls"),
    _row("Keep", "r", "toggle_recording", "recording on or off", needs="controls", label="record"),
    _row("Keep", "s", "save_picture", "save the picture as PNG", needs="controls", label="save"),
    _row("Keep", "m", "mark", "mark this frame", needs="controls", label="mark"),
    _row("Keep", "M", "mark_with_words", "mark it with words", needs="controls"),
    _row("Keep", "w", "write_settings", "write the settings as TOML", needs="settings"),
    _row("Keep", "S", "save_screen", "save the dashboard as SVG"),
    _row("Change", "u U", "undo redo", "undo, redo", needs="controls", label="undo"),
    _row(
        "Change",
        "x X",
        "switch switch_back",
        "another source or model, back to the one before",
        needs="switcher",
        label="switch",
    ),
    _row("View", "1 2 3 4", "page(1) page(2) page(3) page(4)", "stream, control, events, more", label="pages"),
    _row("View", "k K", "plot(1) plot(-1)", "which score is plotted"),
    _row("View", "d", "toggle_dark", "dark or light"),
    _row("View", "? h", "help help", "these keys", label="help"),
    _row("View", "ctrl+p", "command_palette", "find a command by its name"),
    _row("View", "q ctrl+c", "quit interrupt", "end, with all outputs finished", label="end"),
)


def bindings() -> list[BindingType]:
    """Return what an application binds."""
    return [Binding(key, action, row.words, show=False) for row in KEYS for key, action in row.keys]


def keys_in_markdown() -> str:
    """Return the table as it stands in ``docs/dashboard.md``."""
    lines = ["| | key | what it does |", "|---|---|---|"]
    before = ""
    for row in KEYS:
        keys = " ".join(f"`{key}`" for key in row.shown.split())
        lines.append(f"| {row.group if row.group != before else ''} | {keys} | {row.words} |")
        before = row.group
    return "\n".join(lines)
