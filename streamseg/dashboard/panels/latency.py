"""How long each stage takes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from textual.widget import Widget

from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.dashboard.widgets.stage_table import StageRow, StageTable
from streamseg.dashboard.widgets.timeline import Curve, Timeline
from streamseg.watch.snapshot import Latency

_TOTAL = "capture_to_canvas"
_TOTAL_WORDS = "end to end"


class LatencyPanel(Panel):
    """Percentiles of the last minute by stage, and the minute's course."""

    HEADING = "latency"
    EVERY = 5

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._table = StageTable(is_ascii=self.is_ascii)
        self._whole = Timeline(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the table, and a curve of the whole for where there is room."""
        yield self._table
        yield self._whole

    def show(self, moment: Moment) -> None:
        """Show the percentiles."""
        latency = moment.snapshot.latency
        self._table.show([row_of(stage, each) for stage, each in latency.items()])
        if _TOTAL in latency:
            values = np.array(latency[_TOTAL].p95_by_second)
            self._whole.show(Curve(values, f"{_TOTAL_WORDS}, p95 of each second", "ms"))


def row_of(stage: str, latency: Latency) -> StageRow:
    """Return the row of a stage: the last minute, or the whole run where the minute has nothing."""
    spread = latency.minute if latency.minute.count else latency.run
    numbers = (spread.p50, spread.p95, spread.p99, spread.maximum) if spread.count else (math.nan,) * 4
    is_total = stage == _TOTAL
    name = _TOTAL_WORDS if is_total else stage.replace("_", " ")
    return StageRow(name, *numbers, recent=np.array(latency.p95_by_second), is_total=is_total)
