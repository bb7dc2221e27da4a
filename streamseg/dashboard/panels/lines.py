"""A list of dated lines, the newest at the bottom, to be scrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from streamseg.dashboard.panels.facts import Tone
from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink


@dataclass(frozen=True, slots=True)
class Line:
    """When, what kind of thing, and what it says."""

    when: str
    kind: str
    text: str
    tone: Tone = "text"


def draw_lines(lines: Sequence[Line], height: int, width: int, ink: Ink, *, back: int = 0) -> list[Strip]:
    """Draw the newest lines that fit, or those ``back`` before them."""
    cells = Cells(height, width, ink.text)
    end = len(lines) - back
    shown = lines[max(0, end - height) : end]
    kind_cells = max((len(line.kind) for line in shown), default=0)
    for row, line in enumerate(shown):
        cells.write(row, 0, line.when, ink.muted)
        begin = len(line.when) + 1
        cells.write(row, begin, line.kind, ink.muted if line.tone == "text" else getattr(ink, line.tone))
        begin += kind_cells + 1
        room = max(0, width - begin)
        text = line.text if len(line.text) <= room else line.text[: max(0, room - 1)] + ("~" if ink.is_ascii else "…")
        cells.write(row, begin, text, getattr(ink, line.tone))
    if back:
        note = f" {back} newer below "
        cells.write_right(height - 1, width, note, ink.accent)
    return cells.strips()


class Lines(Drawn, can_focus=True):
    """Dated lines. While a person looks at older ones, newer ones do not push them away."""

    DEFAULT_CSS = """
    Lines { height: 1fr; min-height: 3; }
    Lines:focus { background-tint: $foreground 4%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_by(1)", "Older", show=False),
        Binding("down", "scroll_by(-1)", "Newer", show=False),
    ]

    def __init__(self, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._lines: Sequence[Line] = ()
        self._back = 0

    def show(self, lines: Sequence[Line]) -> None:
        """Show ``lines``, oldest first."""
        if lines == self._lines:
            return
        if self._back:
            self._back += max(0, len(lines) - len(self._lines))
        self._lines = lines
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the lines."""
        self._back = min(self._back, max(0, len(self._lines) - height))
        return draw_lines(self._lines, height, width, ink, back=self._back)

    def action_scroll_by(self, lines: int) -> None:
        """Look at older lines, or newer ones where negative."""
        self._back = max(0, self._back + lines)
        self.redraw()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Look at older lines."""
        event.stop()
        self.action_scroll_by(3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Look at newer lines."""
        event.stop()
        self.action_scroll_by(-3)
