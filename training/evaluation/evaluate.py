"""The evaluation: every picture through every file of a model, in the pictures' own pixels."""

from __future__ import annotations

from collections.abc import Iterable

from streamseg.settings import OverlaySettings
from streamseg.steering.live_settings import LiveSettings
from training.data.case import Case
from training.data.prepared import DatasetInfo
from training.data.split import Part
from training.errors import TrainingError
from training.evaluation.candidates import Candidate, WeightsFile
from training.evaluation.curves import calibration_curve, frame_curve, threshold_curves
from training.evaluation.examples import Example, ExamplePicker
from training.evaluation.measured import Measured, answer, measure
from training.evaluation.resampling import RESAMPLES
from training.evaluation.results import Evaluation, PrecisionReport
from training.evaluation.sample import Sample
from training.evaluation.tables import all_figures, likeness_table

WORST = 5


def evaluate(
    candidate: Candidate, cases: Iterable[Case], info: DatasetInfo, part: Part, *, resamples: int = RESAMPLES
) -> tuple[Evaluation, tuple[Example, ...]]:
    """Measure every file of ``candidate`` on ``cases``, the part ``part`` of the data set that ``info`` describes.

    Returns
    -------
    tuple
        The evaluation, and pictures drawn at random with what the first file makes of them.

    Raises
    ------
    TrainingError
        There are no cases, or the model cannot take their unit.
    """
    if info.unit == "hu" and candidate.spec.window is None:
        raise TrainingError(
            f"{candidate.name} is for display grey levels and {info.name} is in Hounsfield units; choose other data"
        )
    measured: list[list[Measured]] = [[] for _ in candidate.files]
    examples = ExamplePicker()
    live = LiveSettings(threshold=candidate.threshold, overlay=OverlaySettings()).with_rule(candidate.mask)
    for case in cases:
        answers = [answer(case, file.infer, candidate.spec, live) for file in candidate.files]
        for pictures, found in zip(measured, answers, strict=True):
            pictures.append(measure(case, found, answers[0]))
        examples.offer(case, answers[0], candidate.spec)
    first = measured[0]
    if not first:
        raise TrainingError(f"the {part} part of {info.name} has no picture; choose another --split")
    evaluation = Evaluation(
        model=candidate.name,
        data=info.name,
        part=part,
        subjects=len({picture.subject for picture in first}),
        subject_word=info.subject_word,
        pictures=len(first),
        pictures_with_structure=sum(picture.has_structure for picture in first),
        threshold=candidate.threshold,
        threshold_origin=candidate.threshold_origin,
        resamples=resamples,
        reports=tuple(
            _report(file, Sample(pictures, resamples=resamples), has_exact=candidate.files[0].precision == "float32")
            for file, pictures in zip(candidate.files, measured, strict=True)
        ),
    )
    return evaluation, examples.chosen


def _report(file: WeightsFile, sample: Sample, *, has_exact: bool) -> PrecisionReport:
    likeness = tuple(likeness_table(sample)) if has_exact and file.precision != "float32" else ()
    dices = [(picture.name, picture.overlap.dice) for picture in sample.pictures]
    return PrecisionReport(
        precision=file.precision,
        sha256=file.sha256,
        figures=all_figures(sample) + likeness,
        thresholds=threshold_curves(sample),
        calibration=calibration_curve(sample),
        frames=frame_curve(sample),
        worst=tuple(sorted(dices, key=lambda pair: pair[1])[:WORST]),
    )
