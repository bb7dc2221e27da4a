"""An evaluation as files: JSON for machines, Markdown for readers."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from training.errors import TrainingError
from training.evaluate import Evaluation


def write_report(evaluation: Evaluation, folder: Path) -> tuple[Path, Path]:
    """Write ``evaluation-PART.json`` and ``.md`` into ``folder`` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"evaluation-{evaluation.part}"
    machine, reader = stem.with_suffix(".json"), stem.with_suffix(".md")
    machine.write_text(evaluation.model_dump_json(indent=1) + "\n", encoding="utf-8")
    reader.write_text(to_markdown(evaluation), encoding="utf-8")
    return machine, reader


def read_report(file: Path) -> Evaluation:
    """Read the JSON of `write_report`.

    Raises
    ------
    TrainingError
        The file is missing or is no evaluation.
    """
    try:
        return Evaluation.model_validate_json(file.read_bytes())
    except OSError as err:
        raise TrainingError(f"cannot read the evaluation {file}: {err.strerror}") from err
    except ValidationError as err:
        raise TrainingError(f"{file} is not an evaluation: {err.errors()[0]['msg']}; evaluate again") from err


def to_markdown(evaluation: Evaluation) -> str:
    """Return ``evaluation`` as a short report."""
    lines = [
        f"# {evaluation.data}, {evaluation.part} part",
        "",
        f"{evaluation.subjects} subjects. Threshold {evaluation.threshold:.2f}, chosen on the validation part. "
        "Brackets: 95 % interval, subjects resampled.",
        "",
        "| precision | figure | value | n |",
        "|---|---|---|---|",
    ]
    for report in evaluation.reports:
        for figure in report.figures:
            low, high = figure.interval
            lines.append(
                f"| {report.precision} | {figure.metric} | {figure.value:.4f} [{low:.4f}, {high:.4f}] | {figure.n} |"
            )
    for report in evaluation.reports:
        worst = ", ".join(f"{name} ({dice:.3f})" for name, dice in report.worst)
        lines += ["", f"Lowest Dice, {report.precision}: {worst}."]
    return "\n".join(lines) + "\n"
