"""How many pixels have which probability, with the threshold and the floor to be moved by mouse or key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink
from streamseg.dashboard.widgets._plotting import bar_rows, to_columns

Marker = Literal["threshold", "floor"]

STEP = 0.01
"""How far a key moves a marker, and to what a mouse position is rounded."""

_TITLE_FROM_ROWS = 5
_WORDS_FROM_CELLS = 44


@dataclass(frozen=True, slots=True, eq=False)
class Probabilities:
    """What a histogram shows.

    Attributes
    ----------
    counts
        (B,) pixels in each of B bins of equal width from 0 to 1.
    threshold, floor
        Where the markers stand, 0 to 1.
    colours
        (256, 3) RGB of the heatmap's colour map, to draw the bars with; None for the theme's colours.
    """

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(50, np.int64))
    threshold: float = 0.5
    floor: float = 0.0
    colours: NDArray[np.uint8] | None = None

    @property
    def share_at_threshold(self) -> float:
        """Share of the pixels in bins that begin at or above the threshold, 0 to 1."""
        total = int(self.counts.sum())
        begins = np.arange(len(self.counts)) / len(self.counts)
        return float(self.counts[begins >= self.threshold - 1e-9].sum()) / total if total else 0.0


def value_to_column(value: float, width: int) -> int:
    """Return the column of ``width`` in which ``value``, 0 to 1, stands."""
    return min(width - 1, max(0, round(value * (width - 1))))


def column_to_value(column: int, width: int) -> float:
    """Return the value for a column of ``width``, rounded to `STEP`, 0 to 1."""
    return round(min(1.0, max(0.0, column / max(1, width - 1))) / STEP) * STEP


def draw_histogram(shown: Probabilities, height: int, width: int, ink: Ink) -> list[Strip]:
    """Draw bars of logarithmic height, the markers as lines through them, and below the axis with their values."""
    cells = Cells(height, width, ink.text)
    has_title = height >= _TITLE_FROM_ROWS
    has_labels = height >= _TITLE_FROM_ROWS - 1
    rows = max(1, height - 1 - has_title - has_labels)
    top = int(has_title)
    if has_title:
        share = f"{shown.share_at_threshold:.1%} {'>=' if ink.is_ascii else '≥'} {shown.threshold:.2f}"
        cells.write(0, 0, "pixels by probability (log)"[: max(0, width - len(share) - 1)], ink.muted)
        cells.write_right(0, width, share, ink.text)
    _write_bars(cells, shown, (top, rows), width=width, ink=ink)
    if height > 1:
        _write_axis(cells, shown, top + rows, width, ink)
    if has_labels:
        _write_labels(cells, shown, height - 1, width, ink)
    return cells.strips()


def _write_bars(cells: Cells, shown: Probabilities, place: tuple[int, int], *, width: int, ink: Ink) -> None:
    top, rows = place
    heights = np.log1p(to_columns(shown.counts.astype(np.float64), width))
    highest = float(heights.max())
    unit = np.where(heights > 0, heights / highest if highest else 0.0, np.nan)
    styles = _column_styles(shown, width, ink)
    markers = {value_to_column(shown.floor, width): ink.text, value_to_column(shown.threshold, width): ink.accent}
    for row, line in enumerate(bar_rows(unit, rows, is_ascii=ink.is_ascii), top):
        for column, character in enumerate(line):
            if column in markers and character == " ":
                cells.write(row, column, "|" if ink.is_ascii else "│", markers[column])
            else:
                cells.write(row, column, character, styles[column])


def _column_styles(shown: Probabilities, width: int, ink: Ink) -> Sequence[Style]:
    values = [column / max(1, width - 1) for column in range(width)]
    styles = []
    for value in values:
        if value < shown.floor:
            styles.append(ink.muted if ink.is_ascii else ink.fill)
        elif shown.colours is not None:
            styles.append(_coloured(ink.text, *shown.colours[round(value * 255)].tolist()))
        else:
            styles.append(ink.accent if value >= shown.threshold else ink.line)
    return styles


@lru_cache(maxsize=1024)  # the colour maps in both themes
def _coloured(style: Style, red: int, green: int, blue: int) -> Style:
    return style + Style.from_color(Color.from_rgb(red, green, blue))


def _write_axis(cells: Cells, shown: Probabilities, row: int, width: int, ink: Ink) -> None:
    cells.write(row, 0, ("-" if ink.is_ascii else "─") * width, ink.muted)
    cells.write(row, 0, "0", ink.muted)
    cells.write_right(row, width, "1", ink.muted)
    sign = "^" if ink.is_ascii else "▲"
    cells.write(row, value_to_column(shown.floor, width), sign, ink.text)
    cells.write(row, value_to_column(shown.threshold, width), sign, ink.accent)


def _write_labels(cells: Cells, shown: Probabilities, row: int, width: int, ink: Ink) -> None:
    """Write the markers' names under them, moved apart where they would overlap."""
    has_words = width >= _WORDS_FROM_CELLS
    floor = f"{'floor' if has_words else 'f'} {shown.floor:.2f}"
    threshold = f"{'threshold' if has_words else 't'} {shown.threshold:.2f}"
    starts = {}
    for name, value in ((floor, shown.floor), (threshold, shown.threshold)):
        starts[name] = min(width - len(name), max(0, value_to_column(value, width) - len(name) // 2))
    first, last = (floor, threshold) if shown.floor <= shown.threshold else (threshold, floor)
    overlap = starts[first] + len(first) + 1 - starts[last]
    if overlap > 0:
        starts[first] = max(0, starts[first] - (overlap + 1) // 2)
        starts[last] = min(width - len(last), starts[first] + len(first) + 1)
        starts[first] = max(0, min(starts[first], starts[last] - len(first) - 1))
    cells.write(row, starts[floor], floor, ink.text)
    cells.write(row, starts[threshold], threshold, ink.accent)


class Histogram(Drawn, can_focus=True):
    """The probability histogram; the marker nearest to the mouse follows it, keys move them by a hundredth."""

    DEFAULT_CSS = """
    Histogram { height: 8; }
    Histogram:focus { background-tint: $foreground 4%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move('threshold', -1)", "Threshold down", show=False),
        Binding("right", "move('threshold', 1)", "Threshold up", show=False),
        Binding("shift+left", "move('floor', -1)", "Floor down", show=False),
        Binding("shift+right", "move('floor', 1)", "Floor up", show=False),
    ]

    class Moved(Message):
        """A person moved a marker; ``value`` is 0 to 1. It is for the owner to make it so, by ``show``."""

        def __init__(self, histogram: Histogram, marker: Marker, value: float) -> None:
            super().__init__()
            self.histogram = histogram
            self.marker = marker
            self.value = value

        @property
        def control(self) -> Histogram:
            """The histogram, for ``@on`` with a selector."""
            return self.histogram

    def __init__(self, shown: Probabilities | None = None, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._shown = shown or Probabilities()
        self._dragged: Marker | None = None
        self._asked: float | None = None

    def show(self, shown: Probabilities) -> None:
        """Show ``shown``."""
        self._shown = shown
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the histogram."""
        return draw_histogram(self._shown, height, width, ink)

    def action_move(self, marker: Marker, steps: int) -> None:
        """Ask for a marker to be moved by ``steps`` hundredths."""
        value = getattr(self._shown, marker) + steps * STEP
        self.post_message(self.Moved(self, marker, round(min(1.0, max(0.0, value)), 2)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the nearest marker."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        width = self.size.width
        distances: dict[Marker, int] = {
            "threshold": abs(offset.x - value_to_column(self._shown.threshold, width)),
            "floor": abs(offset.x - value_to_column(self._shown.floor, width)),
        }
        self._dragged = "floor" if distances["floor"] < distances["threshold"] else "threshold"
        self.capture_mouse()
        self._drag_to(offset.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Let the held marker follow."""
        if self._dragged is not None:
            self._drag_to(event.get_content_offset_capture(self).x)

    def on_mouse_up(self) -> None:
        """Let go."""
        self._dragged = None
        self._asked = None
        self.release_mouse()

    def _drag_to(self, column: int) -> None:
        if self._dragged is None:
            return
        value = round(column_to_value(column, self.size.width), 2)
        if value != (getattr(self._shown, self._dragged) if self._asked is None else self._asked):
            self._asked = value
            self.post_message(self.Moved(self, self._dragged, value))
