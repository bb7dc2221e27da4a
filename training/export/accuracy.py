"""The figures of evaluations, for the card."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from streamseg.model_card import Measurement, Precision, sha256_of
from training.errors import TrainingError
from training.evaluation.results import Evaluation, Figure


def measurements(evaluations: Iterable[Evaluation], files: Mapping[Precision, Path]) -> Iterator[Measurement]:
    """Yield the key figures of ``evaluations`` that were measured on ``files``; other precisions are left out.

    Raises
    ------
    TrainingError
        They were measured on other weights than ``files``.
    """
    for evaluation in evaluations:
        data = f"{evaluation.data}, {evaluation.part} part ({evaluation.subjects} {evaluation.subject_word}s)"
        for report in evaluation.reports:
            file = files.get(report.precision)
            if file is None:
                continue
            if sha256_of(file) != report.sha256:
                raise TrainingError(
                    f"the evaluation on {evaluation.data}, {evaluation.part} part, is of {evaluation.model} with other "
                    f"weights than {file.name}: its sha256 is {report.sha256[:12]}...; evaluate this run again"
                )
            yield from (_measurement(figure, data, report.precision) for figure in report.figures if figure.is_key)


def _measurement(figure: Figure, data: str, precision: Precision) -> Measurement:
    return Measurement(
        metric=figure.metric,
        value=round(figure.value, 4),
        data=data,
        n=figure.n,
        precision=precision,
        interval=figure.interval and (round(figure.interval[0], 4), round(figure.interval[1], 4)),
    )
