"""What a person reads at the end of a run."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group
from rich.table import Table
from rich.text import Text

from streamseg.timing import Spread
from streamseg.watch.summary import Summary


def summary_report(summary: Summary) -> Group:
    """Return the summary of a run as tables."""
    model, runtime, source = summary.model, summary.segmenter, summary.source
    drops = ", ".join(f"{count} {cause.replace('_', ' ')}" for cause, count in summary.drops.items())
    facts = {
        "source": ", ".join(part for part in (source.name, source.kind, source.detail) if part),
        "model": f"{model.name} {model.version} (sha256 {model.sha256[:12]}), threshold {summary.threshold:g}",
        "runtime": f"{runtime.backend}, {runtime.provider}, {runtime.precision}, {runtime.threads} threads",
        "frames": f"{summary.frames_in} in, {summary.frames_out} out, drops: {drops or 'none'}",
        "rate": f"{summary.fps:.1f} frames/s, {summary.route} route",
        "outputs": ", ".join(summary.outputs) or "none",
    }
    if summary.stack is not None:
        facts["volume"] = summary.stack.words
    if summary.was_interrupted:
        facts["ended"] = "interrupted; all outputs were finished"
    return Group(facts_table(facts), "", stages_table(summary.latency_ms), "", Text(summary.notice, style="bold"))


def facts_table(facts: Mapping[str, str]) -> Table:
    """Return names and values in two columns."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name, value)
    return table


def stages_table(spreads: Mapping[str, Spread]) -> Table:
    """Return the percentiles of every stage, in milliseconds."""
    table = Table(box=None, padding=(0, 1), header_style="dim")
    table.add_column("stage (ms)", no_wrap=True)
    for title in ("N", "p50", "p95", "p99", "max"):
        table.add_column(title, justify="right")
    for stage, spread in spreads.items():
        values = (spread.p50, spread.p95, spread.p99, spread.maximum)
        table.add_row(stage.replace("_", " "), str(spread.count), *(f"{value:.2f}" for value in values))
    return table
