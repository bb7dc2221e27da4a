"""How well the files that ship do on one part of the split, in the frames' own pixels."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from streamseg.model_card import InputSpec, Precision, sha256_of
from streamseg.prepare import Placement, prepare, restore
from training.case import Case
from training.circumference import circumference_mm
from training.datasets import hc18
from training.figures import LIKENESS, CaseResult, Figure, figure, summarise
from training.metrics import Overlap
from training.onnx_files import OnnxModel, write_onnx_files
from training.run_folder import RunFolder
from training.samples import prepare_samples
from training.split import Part

WORST = 5
Masks = list[NDArray[np.bool_]]


class PrecisionReport(BaseModel):
    """The figures of one file, which ``sha256`` tells apart from every other, and the pictures of lowest Dice."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    precision: Precision
    sha256: str
    figures: tuple[Figure, ...]
    worst: tuple[tuple[str, float], ...]


class Evaluation(BaseModel):
    """All that was measured on one part of the data."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: str
    part: Part
    subjects: int
    threshold: float
    reports: tuple[PrecisionReport, ...]


def evaluate(run: RunFolder, data: Path, part: Part) -> Evaluation:
    """Measure the float32 and the int8 file of ``run`` on ``part`` of the data set in the folder ``data``."""
    split, spec, threshold = run.split(), run.input_spec(), run.choice().threshold
    calibration = prepare_samples(hc18.read_cases(data, set(split.train)), spec)
    cases = list(hc18.read_cases(data, set(split.subjects(part))))
    with tempfile.TemporaryDirectory() as folder:
        files = write_onnx_files(run, calibration, Path(folder), name="model")
        digests = {precision: sha256_of(file) for precision, file in files.items()}
        masks = {precision: _find_all(cases, file, spec, threshold) for precision, file in files.items()}
    reports = tuple(
        _report(precision, digests[precision], _compare_all(cases, found), _likeness(cases, masks["float32"], found))
        for precision, found in masks.items()
    )
    subjects = len({case.subject for case in cases})
    return Evaluation(data=split.dataset, part=part, subjects=subjects, threshold=threshold, reports=reports)


def find_mask(case: Case, model: OnnxModel, spec: InputSpec, threshold: float) -> NDArray[np.bool_]:
    """Return the mask (H, W) of ``case``, found as it is when serving."""
    placement = Placement.fit(case.image.shape[:2], None, spec)
    probability = restore(model.infer(prepare(case.image, case.unit, spec, placement)), placement)
    return np.asarray(probability >= threshold, np.bool_)


def compare(case: Case, mask: NDArray[np.bool_]) -> CaseResult:
    """Return how ``mask`` (H, W) differs from the expert's."""
    found_mm, expert_mm = circumference_mm(mask, case.spacing_mm), case.circumference_mm
    difference_mm = None if found_mm is None or expert_mm is None else found_mm - expert_mm
    return CaseResult(case.name, case.subject, Overlap.of(case.mask, mask), difference_mm)


def _find_all(cases: Sequence[Case], file: Path, spec: InputSpec, threshold: float) -> Masks:
    model = OnnxModel(file)
    return [find_mask(case, model, spec, threshold) for case in cases]


def _compare_all(cases: Sequence[Case], masks: Masks) -> list[CaseResult]:
    return [compare(case, mask) for case, mask in zip(cases, masks, strict=True)]


def _likeness(cases: Sequence[Case], exact: Masks, masks: Masks) -> list[CaseResult]:
    """Return the overlap of ``masks`` with those of the float32 file, in the expert's place."""
    return [
        CaseResult(case.name, case.subject, Overlap.of(reference, mask))
        for case, reference, mask in zip(cases, exact, masks, strict=True)
    ]


def _report(
    precision: Precision, digest: str, results: Sequence[CaseResult], likeness: Sequence[CaseResult]
) -> PrecisionReport:
    figures = summarise(results)
    if precision != "float32":
        figures += tuple(figure(name, statistic, likeness) for name, statistic in LIKENESS.items())
    worst = sorted(((result.name, result.overlap.dice) for result in results), key=lambda pair: pair[1])[:WORST]
    return PrecisionReport(precision=precision, sha256=digest, figures=figures, worst=tuple(worst))
