"""One quantity over the last minute as an area of several lines, with its scale in true units."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink, gradient
from streamseg.dashboard.widgets._numbers import label, short
from streamseg.dashboard.widgets._plotting import Keep, bar_rows, nice_ceiling, to_columns, to_unit
from streamseg.dashboard.widgets.sparkline import draw_sparkline

_LOWEST_AREA = 3
_NARROWEST_AXIS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A quantity over time.

    Attributes
    ----------
    values
        (N,), evenly spaced, oldest first, NaN where there was none.
    title, unit
        What it is, and in what.
    span_s
        The time that the values cover.
    keep
        What stands for values that share a column.
    limit
        A value to draw a line at, such as the time between two frames; None for none.
    """

    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    title: str = ""
    unit: str = ""
    span_s: float = 60.0
    keep: Keep = "max"
    limit: float | None = None


def draw_timeline(curve: Curve, height: int, width: int, ink: Ink) -> list[Strip]:
    """Draw ``curve`` as an area with title, scale and time axis; as one line where there are fewer than three."""
    if height < _LOWEST_AREA:
        line = draw_sparkline(curve.values, width, ink, title=curve.title, unit=curve.unit, keep=curve.keep)
        return [line, *(Strip.blank(width, ink.text) for _ in range(height - 1))]
    cells = Cells(height, width, ink.text)
    known = curve.values[np.isfinite(curve.values)]
    top = nice_ceiling(max(float(known.max()) if len(known) else 0.0, curve.limit or 0.0))
    has_axis = width >= _NARROWEST_AXIS
    left = len(label(top)) + 1 if has_axis else 0
    has_times = height > _LOWEST_AREA + 1
    area = height - 1 - has_times
    _write_title(cells, curve, width, ink)
    _write_area(cells, curve, (area, left, width), top=top, ink=ink)
    if has_axis:
        _write_scale(cells, area, left, label(top), ink)
    if has_times:
        now = "now"
        cells.write(height - 1, left, f"{'-' if ink.is_ascii else '−'}{curve.span_s:.0f} s", ink.muted)
        cells.write_right(height - 1, width, now, ink.muted)
    return cells.strips()


def _write_title(cells: Cells, curve: Curve, width: int, ink: Ink) -> None:
    newest = float(curve.values[-1]) if len(curve.values) else np.nan
    number = f"{short(newest)} {curve.unit}".rstrip()
    cells.write(0, 0, curve.title[: max(0, width - len(number) - 1)], ink.muted)
    cells.write_right(0, width, number, ink.text)


def _write_area(cells: Cells, curve: Curve, place: tuple[int, int, int], *, top: float, ink: Ink) -> None:
    """Write the area into ``place``: its rows, its first column, the column after its last."""
    rows, left, right = place
    heights = to_unit(to_columns(curve.values, right - left, keep=curve.keep), 0, top)
    shades = [ink.line] * rows if ink.is_ascii else gradient(ink.fill, ink.line, rows)
    lines = bar_rows(heights, rows, is_ascii=ink.is_ascii)
    limit_row = None if curve.limit is None else min(rows - 1, int((1 - curve.limit / top) * rows))
    for row, line in enumerate(lines):
        cells.write(1 + row, left, line, shades[rows - 1 - row])
        if row == limit_row:
            dash = "-" if ink.is_ascii else "┄"
            for column in (column for column, character in enumerate(line) if character == " "):
                cells.write(1 + row, left + column, dash, ink.muted)


def _write_scale(cells: Cells, rows: int, left: int, top_label: str, ink: Ink) -> None:
    bar, tick = ("|", "+") if ink.is_ascii else ("│", "┤")
    for row in range(rows):
        is_end = row in {0, rows - 1}
        cells.write(1 + row, left - 1, tick if is_end else bar, ink.muted)
    cells.write_right(1, left - 1, top_label, ink.muted)
    cells.write_right(rows, left - 1, "0", ink.muted)


class Timeline(Drawn):
    """A quantity over the last minute, as high as it is given."""

    DEFAULT_CSS = "Timeline { height: 6; }"

    def __init__(self, curve: Curve | None = None, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._curve = curve or Curve()

    def show(self, curve: Curve) -> None:
        """Show ``curve``."""
        self._curve = curve
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the curve."""
        return draw_timeline(self._curve, height, width, ink)
