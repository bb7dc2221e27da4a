"""A bar gauge with a word beside its colour: buffers, processor, memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from rich.style import Style
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink

LevelWord = Literal["easy", "busy", "full"]

BUSY_FROM = 0.70
FULL_FROM = 0.95

_SHORTEST_BAR = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of something is in use: ``share`` from 0 to 1, None where unknown, and the same in words."""

    title: str
    share: float | None = None
    detail: str = ""


def level_word(share: float) -> LevelWord:
    """Return the word for a share, 0 to 1."""
    return "full" if share >= FULL_FROM else "busy" if share >= BUSY_FROM else "easy"


def draw_level(reading: Reading, width: int, ink: Ink, *, title_cells: int = 0) -> Strip:
    """Return one line: title in at least ``title_cells``, bar, detail and word; the bar goes where space is short."""
    cells = Cells(1, width, ink.text)
    title = reading.title.ljust(title_cells)
    cells.write(0, 0, title, ink.muted)
    if reading.share is None:
        cells.write_right(0, width, "not known", ink.muted)
        return cells.strips()[0]
    share = min(max(reading.share, 0.0), 1.0)
    word = level_word(share)
    style = {"easy": ink.good, "busy": ink.warning, "full": ink.bad}[word]
    cells.write_right(0, width, f"{word:<4}", style)
    detail = reading.detail or f"{share:4.0%}"
    begin, end = len(title) + 1, width - 5
    if end - begin >= len(detail):
        cells.write_right(0, end, detail, ink.text)
        end -= len(detail) + 1
    if end - begin >= _SHORTEST_BAR:
        _write_bar(cells, (begin, end), share, style, ink)
    return cells.strips()[0]


def _write_bar(cells: Cells, place: tuple[int, int], share: float, style: Style, ink: Ink) -> None:
    begin, end = place
    halves = round(2 * share * (end - begin))
    full, has_half = divmod(halves, 2)
    line, half, track = ("#", "#", "-") if ink.is_ascii else ("━", "╸", "─")
    cells.write(0, begin, track * (end - begin), ink.muted)
    cells.write(0, begin, line * full + half * has_half, style)


class Level(Drawn):
    """Bar gauges below one another, a line each, their bars beginning in one column."""

    DEFAULT_CSS = "Level { height: auto; }"

    def __init__(self, *readings: Reading, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._readings = readings

    def show(self, *readings: Reading) -> None:
        """Show ``readings``, a line each."""
        has_changed_height = len(readings) != len(self._readings)
        self._readings = readings
        if has_changed_height:
            self.refresh(layout=True)
        self.redraw()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return one line for each reading."""
        del container, viewport, width
        return len(self._readings)

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the gauges."""
        title_cells = max((len(reading.title) for reading in self._readings), default=0)
        lines = [draw_level(reading, width, ink, title_cells=title_cells) for reading in self._readings[:height]]
        return [*lines, *(Strip.blank(width, ink.text) for _ in range(height - len(lines)))]
