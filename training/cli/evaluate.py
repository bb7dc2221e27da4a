"""``python -m training evaluate``: measure a model on one part of a prepared data set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TypedDict, Unpack

import click
from rich.console import Console
from rich.progress import track

from training.cli.options import FOLDER, NEW
from training.data.case import Case
from training.data.normals import read_normals
from training.data.prepared import Prepared
from training.data.split import PARTS, Part, Split
from training.evaluation.candidates import Candidate, open_shipped
from training.evaluation.evaluate import evaluate as evaluate_candidate
from training.evaluation.markdown import to_cell
from training.evaluation.report import write_report
from training.evaluation.results import Evaluation


class Options(TypedDict):
    """What may be left out."""

    normals: str | None
    report: Path | None
    no_pictures: bool


@click.command()
@click.argument("model")
@click.option("--data", type=FOLDER, required=True, help="Prepared folder.")
@click.option("--split", "part", type=click.Choice(PARTS), required=True, help="Which part of it.")
@click.option("--normals", help="Recording or stack that shows no structure, measured with that part.")
@click.option("--report", type=NEW, help="Folder to write to. If not given, that of the run, or reports/NAME.")
@click.option("--no-pictures", is_flag=True, help="No page of pictures: for data that must not be published.")
def evaluate(model: str, data: Path, part: Part, **options: Unpack[Options]) -> None:
    """Measure every file of MODEL: a run's folder, a bundled model's name, or a model file or card by its path.

    A run is measured by its own split on the data set that it learnt from; all else by the split in the folder.
    Thresholds are those that were chosen on validation data.
    """
    prepared = Prepared.open(data)
    with _open(model, prepared) as (candidate, split):
        cases, info = _cases(prepared, split, part), prepared.info
        if (normals := options["normals"]) is not None:
            subject = Path(normals).stem
            cases = chain(cases, read_normals(normals, info.unit, subject))
            info = info.model_copy(update={"name": f"{info.name} with {subject}"})
        evaluation, examples = evaluate_candidate(candidate, cases, info, part)
    folder = options["report"] or (Path(model) if _is_run(model) else Path("reports") / Path(model).stem)
    loss_curve = Path(model) / "loss-curve.png"
    _, reader = write_report(
        evaluation,
        folder,
        () if options["no_pictures"] else examples,
        loss_curve=loss_curve if loss_curve.is_file() else None,
    )
    click.echo(_summary(evaluation))
    click.echo(f"more in {reader}")


@contextmanager
def _open(model: str, data: Prepared) -> Iterator[tuple[Candidate, Split]]:
    """Open what ``model`` names, with the split that it is measured by on ``data``."""
    if not _is_run(model):
        with open_shipped(model) as candidate:
            yield candidate, data.split()
        return
    from training.evaluation.run_candidate import is_own_data, open_run  # noqa: PLC0415 - imports Keras
    from training.fitting.run_folder import RunFolder  # noqa: PLC0415 - imports Keras

    run = RunFolder(Path(model))
    with open_run(run, data) as candidate:
        yield candidate, run.split() if is_own_data(run, data) else data.split()


def _is_run(model: str) -> bool:
    return (Path(model) / "config.json").is_file()


def _cases(data: Prepared, split: Split, part: Part) -> Iterator[Case]:
    """Yield the cases of ``part``, with a bar that shows how many are done."""
    subjects = frozenset(split.subjects(part))
    total = sum(row.subject in subjects for row in data.rows)
    yield from track(data.cases(subjects), "measuring", total, console=Console(stderr=True), transient=True)


def _summary(evaluation: Evaluation) -> str:
    lines = [
        f"{evaluation.model} on {evaluation.data}, {evaluation.part} part: {evaluation.pictures} pictures of "
        f"{evaluation.subjects} {evaluation.subject_word}s, threshold {evaluation.threshold:.2f}"
    ]
    for report in evaluation.reports:
        lines += [
            f"{report.precision}  {figure.metric}: {to_cell(figure)}" for figure in report.figures if figure.is_key
        ]
    return "\n".join(lines)
