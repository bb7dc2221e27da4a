"""One setting in a line: name, bar, value and keys, to be turned by mouse and arrow keys."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from streamseg.dashboard.dials import Choice, Dial
from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._dragged import Dragged
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink

_TITLE_CELLS = 14
_VALUE_CELLS = 8
_KEYS_CELLS = 4
_SHORTEST_BAR = 5


def bar_place(width: int) -> tuple[int, int]:
    """Return the first column of a knob's bar and the one after its last; the same where there is no room."""
    begin, end = _TITLE_CELLS, width - _VALUE_CELLS - _KEYS_CELLS
    return (begin, end) if end - begin >= _SHORTEST_BAR else (begin, begin)


def draw_knob(dial: Dial, value: float, width: int, ink: Ink) -> Strip:
    """Return the line of a number."""
    cells = Cells(1, width, ink.text)
    begin, end = bar_place(width)
    cells.write(0, 0, dial.title, ink.muted)
    if end > begin:
        line, track, grip = ("=", "-", "O") if ink.is_ascii else ("━", "─", "●")
        here = begin + round(dial.share(value) * (end - begin - 1))
        cells.write(0, begin, line * (here - begin), ink.line)
        cells.write(0, here, grip, ink.text)
        cells.write(0, here + 1, track * (end - here - 1), ink.muted)
    cells.write_right(0, width - _KEYS_CELLS, dial.text(value), ink.text)
    cells.write_right(0, width, dial.keys, ink.muted)
    return cells.strips()[0]


def draw_choice(title: str, word: str, keys: str, width: int, ink: Ink) -> Strip:
    """Return the line of a word."""
    cells = Cells(1, width, ink.text)
    cells.write(0, 0, title, ink.muted)
    cells.write(0, _TITLE_CELLS, word[: max(0, width - _TITLE_CELLS - _KEYS_CELLS)], ink.text)
    cells.write_right(0, width, keys, ink.muted)
    return cells.strips()[0]


class Knob(Dragged, can_focus=True):
    """A number to be turned. The owner sets it, and shows what then holds."""

    DEFAULT_CSS = "Knob:focus { background-tint: $foreground 8%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "Down", show=False),
        Binding("right", "turn(1)", "Up", show=False),
        Binding("shift+left", "turn(-5)", "Down a lot", show=False),
        Binding("shift+right", "turn(5)", "Up a lot", show=False),
    ]

    class Turned(Message):
        """A person turned the dial ``name`` to ``value``."""

        def __init__(self, name: str, value: float) -> None:
            super().__init__()
            self.name = name
            self.value = value

    def __init__(self, dial: Dial, **options: Any) -> None:
        super().__init__(**options)
        self._dial = dial
        self._value = 0.0

    def show(self, value: float) -> None:
        """Show ``value``."""
        if value != self._value:
            self._value = value
            self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the line."""
        return [
            draw_knob(self._dial, self._value, width, ink),
            *(Strip.blank(width, ink.text) for _ in range(height - 1)),
        ]

    def action_turn(self, steps: int) -> None:
        """Ask for the value ``steps`` further."""
        self.post_message(self.Turned(self._dial.name, self._dial.turned(self._value, steps)))

    def is_handle(self, column: int) -> bool:
        """Whether ``column`` lies on the bar; beside it nothing happens."""
        begin, end = bar_place(self.size.width)
        return begin <= column < end

    def drag_to(self, column: int) -> None:
        """Ask for the value at ``column``."""
        begin, end = bar_place(self.size.width)
        value = self._dial.at((column - begin) / (end - begin - 1))
        if value != self._value:
            self.post_message(self.Turned(self._dial.name, value))


class WordKnob(Drawn, can_focus=True):
    """A word that a click, Enter or an arrow key changes for another one, by an action of the application."""

    DEFAULT_CSS = "WordKnob:focus { background-tint: $foreground 8%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "go(-1)", "Before", show=False),
        Binding("right,enter", "go(1)", "Next", show=False),
    ]

    class Gone(Message):
        """A person wants another word for the setting ``name``, ``steps`` further."""

        def __init__(self, name: str, steps: int) -> None:
            super().__init__()
            self.name = name
            self.steps = steps

    def __init__(self, name: str, title: str, keys: str, **options: Any) -> None:
        super().__init__(**options)
        self._setting = name
        self._title = title
        self._keys = keys
        self._word = ""

    @classmethod
    def of(cls, choice: Choice, **options: Any) -> WordKnob:
        """Return the knob of a choice."""
        return cls(choice.name, choice.title, choice.keys, **options)

    def show(self, word: str) -> None:
        """Show ``word``."""
        if word != self._word:
            self._word = word
            self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the line."""
        line = draw_choice(self._title, self._word, self._keys, width, ink)
        return [line, *(Strip.blank(width, ink.text) for _ in range(height - 1))]

    def action_go(self, steps: int) -> None:
        """Ask for another word."""
        self.post_message(self.Gone(self._setting, steps))

    def on_click(self) -> None:
        """Ask for the next word."""
        self.action_go(1)
