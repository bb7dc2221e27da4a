"""How long each stage takes: percentiles in milliseconds, and the last minute beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink
from streamseg.dashboard.widgets._numbers import short
from streamseg.dashboard.widgets.sparkline import sparkline

_NUMBER_CELLS = 6
_NAME_CELLS = 13
_SHORTEST_CURVE = 8
_LONGEST_CURVE = 60
_KEPT_FIRST = ("p95", "p50", "p99", "max")
_ORDER = ("p50", "p95", "p99", "max")


@dataclass(frozen=True, slots=True, eq=False)
class StageRow:
    """One stage: percentiles in milliseconds, NaN where there are none yet.

    Attributes
    ----------
    name
        The stage in words.
    p50, p95, p99, maximum
        In milliseconds.
    recent
        (N,) milliseconds over the last minute, evenly spaced, oldest first, NaN where there was none.
    is_total
        A sum of others, such as capture to canvas: set apart, and never the slowest.
    """

    name: str
    p50: float
    p95: float
    p99: float
    maximum: float
    recent: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    is_total: bool = False

    def number(self, column: str) -> float:
        """Return the number of ``column``: p50, p95, p99 or max."""
        return {"p50": self.p50, "p95": self.p95, "p99": self.p99, "max": self.maximum}[column]


def columns_for(width: int) -> tuple[str, ...]:
    """Return which numbers fit beside the names in ``width`` cells, in their order: p95 stays the longest."""
    fitting = max(1, (width - _NAME_CELLS) // _NUMBER_CELLS)
    kept = _KEPT_FIRST[:fitting]
    return tuple(column for column in _ORDER if column in kept)


def draw_stage_table(rows: Sequence[StageRow], height: int, width: int, ink: Ink) -> list[Strip]:
    """Draw a header and a line for each stage, the slowest marked; numbers are right-aligned in milliseconds."""
    cells = Cells(height, width, ink.text)
    columns = columns_for(width)
    name_cells = min(_NAME_CELLS, width - _NUMBER_CELLS * len(columns))
    ends = {column: name_cells + _NUMBER_CELLS * place for place, column in enumerate(columns, 1)}
    begin = max(ends.values()) + 1
    curve_cells = min(_LONGEST_CURVE, width - begin)
    cells.write(0, 0, "stage, ms"[:name_cells], ink.muted)
    for column, end in ends.items():
        cells.write_right(0, end, column, ink.muted)
    if curve_cells >= _SHORTEST_CURVE:
        heading = "last minute" if curve_cells >= len("last minute") else "minute"
        cells.write(0, begin, heading[:curve_cells], ink.muted)
    slowest = max((row for row in rows if not row.is_total), key=_slowness, default=None)
    for y, row in enumerate(rows, 1):
        is_slowest = row is slowest and _slowness(row) > 0
        style = ink.accent if is_slowest else ink.text
        cells.write(y, 0, _name(row, name_cells - 1, is_slowest=is_slowest, is_ascii=ink.is_ascii), style)
        for column, end in ends.items():
            cells.write_right(y, end, short(row.number(column)), style)
        if curve_cells >= _SHORTEST_CURVE:
            curve = sparkline(row.recent, curve_cells, is_ascii=ink.is_ascii)
            cells.write(y, begin, curve, ink.accent if is_slowest else ink.line)
    return cells.strips()


def _slowness(row: StageRow) -> float:
    return row.p95 if np.isfinite(row.p95) else 0.0


def _name(row: StageRow, room: int, *, is_slowest: bool, is_ascii: bool) -> str:
    """Return the name in ``room`` cells after a sign: an arrow for the slowest, an equals sign for a sum."""
    arrow, dots = (">", ".") if is_ascii else ("▸", "…")
    name = row.name if len(row.name) <= room else row.name[: room - 1] + dots
    return (arrow if is_slowest else "=" if row.is_total else " ") + name


class StageTable(Drawn):
    """Latency by stage."""

    DEFAULT_CSS = "StageTable { height: auto; }"

    def __init__(self, rows: Sequence[StageRow] = (), *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._rows = tuple(rows)

    def show(self, rows: Sequence[StageRow]) -> None:
        """Show ``rows``, in the order of the line."""
        has_changed_height = len(rows) != len(self._rows)
        self._rows = tuple(rows)
        if has_changed_height:
            self.refresh(layout=True)
        self.redraw()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Return a line for the header and one for each stage."""
        del container, viewport, width
        return 1 + len(self._rows)

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the table."""
        return draw_stage_table(self._rows, height, width, ink)
