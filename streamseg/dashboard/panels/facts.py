"""Names and values in two aligned columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink

Tone = Literal["text", "muted", "accent", "good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what it is, and what it is now."""

    title: str
    text: str
    tone: Tone = "text"


def draw_facts(facts: Sequence[Fact], height: int, width: int, ink: Ink) -> list[Strip]:
    """Draw a line for each fact; what is too long is cut, with a sign that it was."""
    cells = Cells(height, width, ink.text)
    title_cells = max((len(fact.title) for fact in facts), default=0) + 1
    room = max(0, width - title_cells)
    for row, fact in enumerate(facts):
        text = fact.text
        if len(text) > room:
            text = text[: max(0, room - 1)] + ("~" if ink.is_ascii else "…")
        cells.write(row, 0, fact.title, ink.muted)
        cells.write(row, title_cells, text, getattr(ink, fact.tone))
    return cells.strips()


class Facts(Drawn):
    """Names and values, a line each."""

    DEFAULT_CSS = "Facts { height: auto; }"

    def __init__(self, *facts: Fact, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._facts: tuple[Fact, ...] = facts

    def show(self, *facts: Fact) -> None:
        """Show ``facts``."""
        if facts == self._facts:
            return
        has_changed_height = len(facts) != len(self._facts)
        self._facts = facts
        if has_changed_height:
            self.refresh(layout=True)
        self.redraw()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return one line for each fact."""
        del container, viewport, width
        return len(self._facts)

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the lines."""
        return draw_facts(self._facts, height, width, ink)
