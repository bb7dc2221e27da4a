"""Frame scores over time with the decision threshold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink
from streamseg.dashboard.widgets._numbers import label, short
from streamseg.dashboard.widgets._plotting import braille_rows, curve_dots, to_columns, to_unit

_AXIS_CELLS = 5
_AXIS_FROM_CELLS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Frame scores over time.

    Attributes
    ----------
    values
        (N,) scores, 0 to ``top``, evenly spaced in time, oldest first, NaN where there was no frame.
    threshold
        The score from which a frame is a finding; None for none.
    span_s
        The time that the values cover.
    title, unit
        Which score it is, and in what; shares have no unit.
    top
        The upper end of the scale; values above it are drawn at it.
    """

    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    threshold: float | None = None
    span_s: float = 60.0
    title: str = "frame score"
    unit: str = ""
    top: float = 1.0

    def height_of(self, value: float) -> float:
        """Return where ``value`` stands on the scale, 0 to 1."""
        return min(1.0, max(0.0, value / self.top))


def draw_scores(scores: Scores, height: int, width: int, ink: Ink) -> list[Strip]:
    """Draw a curve between axes, dashed where the threshold is; frames that reach it have a style of their own."""
    cells = Cells(height, width, ink.text)
    has_words = height >= 3
    has_times = height >= 5
    left = _AXIS_CELLS if width >= _AXIS_FROM_CELLS and has_words else 0
    rows = height - has_words - has_times
    if has_words:
        _write_title(cells, scores, width, ink)
    _write_curve(cells, scores, (int(has_words), rows, left), width=width, ink=ink)
    if left:
        _write_scale(cells, scores, int(has_words), rows, ink)
    if has_times:
        corner = "+" if ink.is_ascii else "└"
        rule = "-" if ink.is_ascii else "─"
        cells.write(height - 1, max(0, left - 1), (corner if left else rule) + rule * (width - left), ink.muted)
        minus = "-" if ink.is_ascii else "−"
        cells.write(height - 1, left + 1, f" {minus}{scores.span_s:.0f} s ", ink.muted)
        cells.write_right(height - 1, width - 1, " now ", ink.muted)
    return cells.strips()


def _write_title(cells: Cells, scores: Scores, width: int, ink: Ink) -> None:
    newest = float(scores.values[-1]) if len(scores.values) else np.nan
    number = f"{short(newest)} {scores.unit}".rstrip()
    is_finding = scores.threshold is not None and newest >= scores.threshold
    words = f"{number} finding" if is_finding else number
    cells.write(0, 0, scores.title[: max(0, width - len(words) - 1)], ink.muted)
    cells.write_right(0, width, words, ink.accent if is_finding else ink.text)


def _write_curve(cells: Cells, scores: Scores, place: tuple[int, int, int], *, width: int, ink: Ink) -> None:
    top, rows, left = place
    columns = width - left
    threshold = scores.threshold
    if threshold is not None:
        row = _row_of(scores.height_of(threshold), rows)
        cells.write(top + row, left, ("-" if ink.is_ascii else "╌") * columns, ink.muted)
    dots = curve_dots(to_unit(scores.values, 0, scores.top), 4 * rows, 2 * columns)
    highest = to_columns(scores.values, columns)
    for row, line in enumerate(braille_rows(dots, is_ascii=ink.is_ascii), top):
        for column, character in enumerate(line):
            if character != " ":
                is_finding = threshold is not None and highest[column] >= threshold
                cells.write(row, left + column, character, ink.accent if is_finding else ink.line)


def _write_scale(cells: Cells, scores: Scores, top: int, rows: int, ink: Ink) -> None:
    bar, tick = ("|", "+") if ink.is_ascii else ("│", "┤")
    for row in range(rows):
        cells.write(top + row, _AXIS_CELLS - 1, tick if row in {0, rows - 1} else bar, ink.muted)
    cells.write_right(top, _AXIS_CELLS - 1, label(scores.top), ink.muted)
    cells.write_right(top + rows - 1, _AXIS_CELLS - 1, "0", ink.muted)
    if scores.threshold is not None:
        row = top + _row_of(scores.height_of(scores.threshold), rows)
        cells.write(row, 0, f"{short(scores.threshold):>{_AXIS_CELLS - 1}}", ink.accent)


def _row_of(value: float, rows: int) -> int:
    return min(rows - 1, max(0, round((1 - value) * (4 * rows - 1)) // 4))


class ScorePlot(Drawn):
    """Frame scores over time."""

    DEFAULT_CSS = "ScorePlot { height: 9; }"

    def __init__(self, scores: Scores | None = None, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._scores = scores or Scores()

    def show(self, scores: Scores) -> None:
        """Show ``scores``."""
        self._scores = scores
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the plot."""
        return draw_scores(self._scores, height, width, ink)
