"""An evaluation for readers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from training.data.split import Part
from training.evaluation.results import Evaluation, Figure, PrecisionReport, Table
from training.evaluation.wording import TITLES, sentence

Links = Mapping[str, str]
"""Title of each plot, and its path relative to the report."""

CAVEATS: Mapping[Part, str] = MappingProxyType(
    {
        "train": "Models learn from such a part: these figures flatter. ",
        "validation": "Epochs and thresholds are chosen on such a part: these figures may flatter. ",
        "test": "",
    }
)


def to_markdown(evaluation: Evaluation, plots: Links) -> str:
    """Return ``evaluation`` as a report with ``plots`` in it."""
    parts = [_head(evaluation)]
    parts += [
        _section(evaluation, table) for table in TITLES if any(report.table(table) for report in evaluation.reports)
    ]
    parts += [f"## {title}\n\n![{title}]({path})" for title, path in plots.items()]
    parts += [_worst(report) for report in evaluation.reports]
    parts.append("Research use only. Not a medical device.")
    return "\n\n".join(parts) + "\n"


def _head(evaluation: Evaluation) -> str:
    files = "; ".join(f"{report.precision} {report.sha256[:12]}" for report in evaluation.reports)
    return (
        f"# {evaluation.model} on {evaluation.data}, {evaluation.part} part\n\n"
        f"{evaluation.pictures} pictures of {evaluation.subjects} {evaluation.subject_word}s; "
        f"{evaluation.pictures_with_structure} show the structure. "
        f"Threshold {evaluation.threshold:.2f}, {evaluation.threshold_origin}. {CAVEATS[evaluation.part]}"
        f"In brackets: 95 % intervals over {evaluation.resamples} resamples of whole {evaluation.subject_word}s. "
        f"Files (SHA-256): {files}."
    )


def _section(evaluation: Evaluation, table: Table) -> str:
    reports = evaluation.reports
    names = dict.fromkeys(name for report in reports for name in report.table(table))
    lines = [
        f"| | {' | '.join(report.precision for report in reports)} | n |",
        f"|---|{'---|' * len(reports)}---|",
    ]
    for name in names:
        figures = [report.table(table).get(name) for report in reports]
        counts = {f"{figure.n} {_counted(figure, evaluation)}": None for figure in figures if figure}
        cells = [to_cell(figure) for figure in figures]
        lines.append(f"| {_named(name, evaluation)} | {' | '.join(cells)} | {' / '.join(counts)} |")
    return f"## {TITLES[table]}\n\n" + "\n".join(lines) + f"\n\n{sentence(table, evaluation)}"


def to_cell(figure: Figure | None) -> str:
    """Return a figure with its interval as text."""
    if figure is None:
        return "–"
    text = _number(figure.value)
    if figure.interval is None:
        return text
    low, high = figure.interval
    return f"{text} [{_number(low)}, {_number(high)}]"


def _number(value: float) -> str:
    """Return ``value`` to three digits behind the point, two where it is 10 or more, more where it is tiny."""
    if value != 0 and abs(value) < 0.01:
        return f"{value:.2g}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.2f}"


def _counted(figure: Figure, evaluation: Evaluation) -> str:
    return f"{evaluation.subject_word}s" if figure.counted == "subjects" else figure.counted


def _named(metric: str, evaluation: Evaluation) -> str:
    return metric.replace("per subject", f"per {evaluation.subject_word}")


def _worst(report: PrecisionReport) -> str:
    worst = ", ".join(f"{name} ({dice:.3f})" for name, dice in report.worst)
    return f"Lowest Dice, {report.precision}: {worst}."
