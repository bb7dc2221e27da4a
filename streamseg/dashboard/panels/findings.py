"""What was found: a score of every frame over the last minute, and the areas of the frame on screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from textual.widget import Widget

from streamseg.dashboard.panels.facts import Fact, Facts
from streamseg.dashboard.panels.panel import Moment, Panel, PlottedScore
from streamseg.dashboard.widgets.score_plot import ScorePlot, Scores
from streamseg.measure.wording import words_of
from streamseg.watch.snapshot import Finding, Inspection, ScoreTrack, Snapshot

PLOTTED: tuple[PlottedScore, ...] = get_args(PlottedScore)

_SPAN_S = 60.0
_STEPS = 240


@dataclass(frozen=True, slots=True)
class _Plot:
    """How a score is plotted: where it stands in a track, its title, and whether the threshold is one for it."""

    field: str
    title: str
    has_threshold: bool


_PLOTS = MappingProxyType(
    {
        "top per cent": _Plot("top_percent", "score: mean of the highest 1 %", has_threshold=True),
        "maximum": _Plot("maximum", "score: highest probability", has_threshold=True),
        "mean": _Plot("mean", "score: mean probability", has_threshold=False),
        "area": _Plot("area", "area, share of the region", has_threshold=False),
    }
)


class FindingsPanel(Panel):
    """The plot, and the frame on screen in figures."""

    HEADING = "findings"
    EVERY = 5

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._plot = ScorePlot(is_ascii=self.is_ascii)
        self._facts = Facts(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the plot and the lines."""
        yield self._plot
        yield self._facts

    def show(self, moment: Moment) -> None:
        """Show the scores."""
        self._plot.show(scores_of(moment.snapshot, moment.plotted))
        self._facts.show(*facts_of(moment.snapshot.finding, moment.inspection), *stack_facts(moment.snapshot))


def scores_of(snapshot: Snapshot, plotted: PlottedScore) -> Scores:
    """Return the last minute of a score, evenly spaced: the highest of the frames that share a step."""
    plot, finding = _PLOTS[plotted], snapshot.finding
    values = np.full(_STEPS, np.nan)
    if snapshot.scores is not None:
        values = _resampled(snapshot.scores, plot.field, snapshot.elapsed_s)
    if finding is not None:
        values[-1] = getattr(finding, plot.field)
    threshold = finding.threshold if finding is not None and plot.has_threshold else None
    return Scores(values, threshold, _SPAN_S, plot.title)


def _resampled(track: ScoreTrack, field: str, now_s: float) -> NDArray[np.float64]:
    values = np.full(_STEPS, np.nan)
    steps = np.floor((track.time_s - (now_s - _SPAN_S)) / _SPAN_S * _STEPS)
    is_recent = (steps >= 0) & (steps < _STEPS)
    np.fmax.at(values, steps[is_recent].astype(np.int64), getattr(track, field)[is_recent].astype(np.float64))
    return values


def facts_of(finding: Finding | None, inspection: Inspection | None) -> tuple[Fact, ...]:
    """Return the frame on screen in figures."""
    if finding is None:
        return (Fact("area", "no frame yet", "muted"),)
    area = _area(finding.area_px, finding.area_mm2)
    share = f"{finding.area:.1%} of the region"
    scores = f"mean {finding.mean:.3f}  top 1 % {finding.top_percent:.2f}  max {finding.maximum:.2f}"
    facts = [Fact("area", f"{area}, {share}", "accent" if finding.area_px else "text")]
    lengths = [words_of(each) for each in finding.measurements if each.kind != "area"]
    if lengths:
        facts.append(Fact("lengths", "  ".join(lengths)))
    facts.append(Fact("scores", scores))
    if inspection is not None:
        parts = f"{inspection.part_count} part{'s' if inspection.part_count != 1 else ''}"
        facts.append(Fact("largest", f"{_area(inspection.largest_px, inspection.largest_mm2)} of {parts}"))
    return tuple(facts)


def stack_facts(snapshot: Snapshot) -> tuple[Fact, ...]:
    """Return what was found over the stack so far; nothing where there is none."""
    return () if snapshot.stack is None else (Fact("volume", snapshot.stack.words),)


def _area(area_px: int, area_mm2: float | None) -> str:
    return f"{area_px} px" if area_mm2 is None else f"{area_mm2:.1f} mm², {area_px} px"
