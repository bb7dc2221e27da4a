"""One quantity over the last minute in one line: name, curve, scale and present value."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink
from streamseg.dashboard.widgets._numbers import label, short
from streamseg.dashboard.widgets._plotting import Keep, bar_rows, to_columns, to_unit

_VALUE_CELLS = 5
_SHORTEST_CURVE = 6
_SMALLEST_SPREAD = 0.2  # of the highest value
_HIGHEST = 7 / 8


def extent_of(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ends of the scale for ``values``: lowest and highest, but so far apart that noise is no news."""
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    spread = _SMALLEST_SPREAD * max(abs(high), abs(low)) or 1.0
    if high - low >= spread:
        return low, high
    begin = max(0.0, high - spread) if low >= 0 else high - spread
    return begin, begin + spread


def sparkline(values: NDArray[np.float64], width: int, *, keep: Keep = "max", is_ascii: bool = False) -> str:
    """Return ``width`` characters of eighth blocks for ``values`` (N,), scaled by `extent_of`; NaN is a gap.

    Values are evenly spaced in time, oldest first. The highest is an eighth short of a line, so that lines of a table
    do not run into one another.
    """
    low, high = extent_of(values)
    heights = to_unit(to_columns(values, width, keep=keep), low, high)
    return bar_rows(heights * _HIGHEST, 1, is_ascii=is_ascii)[0]


def draw_sparkline(values: NDArray[np.float64], width: int, ink: Ink, *, title: str, unit: str, keep: Keep) -> Strip:
    """Return one line: title, curve, the ends of its scale, the newest value with its unit.

    What does not fit is left out, the scale first, then the curve.
    """
    cells = Cells(1, width, ink.text)
    newest = float(values[-1]) if len(values) else np.nan
    number = f"{short(newest):>{_VALUE_CELLS}} {unit}".rstrip()
    name = title[: max(0, width - len(number) - 1)]
    cells.write(0, 0, name, ink.muted)
    cells.write_right(0, width, number, ink.text)
    begin = len(name) + 1
    end = width - len(number) - 1
    low, high = extent_of(values)
    extent = f"{label(low)}{'-' if ink.is_ascii else '–'}{label(high)}" if np.isfinite(values).any() else ""
    if extent and end - begin - len(extent) - 1 >= 2 * _SHORTEST_CURVE:
        cells.write_right(0, end, extent, ink.muted)
        end -= len(extent) + 1
    if end - begin >= _SHORTEST_CURVE:
        cells.write(0, begin, sparkline(values, end - begin, keep=keep, is_ascii=ink.is_ascii), ink.line)
    return cells.strips()[0]


class Sparkline(Drawn):
    """A quantity over the last minute in one line.

    Parameters
    ----------
    title, unit
        What is shown, and in what: ``("capture", "/s")``.
    keep
        What stands for values that share a column: ``max`` for latencies, ``min`` for rates.
    is_ascii
        Draw with ASCII characters only.
    """

    def __init__(
        self, title: str, *, unit: str = "", keep: Keep = "max", is_ascii: bool = False, **options: Any
    ) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._title = title
        self._unit = unit
        self._keep = keep
        self._values = np.empty(0)

    def show(self, values: NDArray[np.float64]) -> None:
        """Show ``values`` (N,), evenly spaced over the minute, oldest first, NaN where there was none."""
        self._values = np.asarray(values, np.float64)
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the line; lines below it stay empty."""
        line = draw_sparkline(self._values, width, ink, title=self._title, unit=self._unit, keep=self._keep)
        return [line, *(Strip.blank(width, ink.text) for _ in range(height - 1))]
