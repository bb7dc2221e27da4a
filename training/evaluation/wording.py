"""What the tables mean: a sentence each, out of the figures of the first file that has them, mostly float32."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from training.evaluation.lesions import FOUND_SHARE
from training.evaluation.results import Evaluation, PrecisionReport, Table

TITLES: Mapping[Table, str] = MappingProxyType(
    {
        "study": "As the study reports",
        "overlap": "Overlap of the structure alone",
        "surface": "Distance between outlines",
        "lesions": "Lesion by lesion",
        "frames": "Picture by picture",
        "calibration": "Calibration",
        "circumference": "Head circumference",
        "likeness": "Likeness to float32",
    }
)


def sentence(table: Table, evaluation: Evaluation) -> str:
    """Return what the figures of ``table`` mean; at least one report has some."""
    report = next(report for report in evaluation.reports if report.table(table))
    return _SENTENCES[table](evaluation, report)


def _study(_: Evaluation, report: PrecisionReport) -> str:
    best = "the best threshold of r is" if report.frames is None else "the best F1 and the best threshold of r are"
    text = (
        f"As in the study, {best} picked on these very pictures, which flatters, and the mean IoU counts the "
        "background as a class"
    )
    two = report.table("study").get("mean IoU of structure and background, pooled")
    one = report.table("overlap").get("IoU, pooled")
    if two is None or one is None:
        return f"{text}."
    return f"{text}: its {two.value:.2f} is an IoU of {one.value:.2f} for the structure alone."


def _overlap(evaluation: Evaluation, _: PrecisionReport) -> str:
    without = evaluation.pictures - evaluation.pictures_with_structure
    text = (
        "The area under the curve takes all pixels as one lot, their probabilities in steps of 1 %, and needs no "
        "threshold. Pooled figures are led by large structures, means per picture by small ones"
    )
    if without == 0:
        return f"{text}; every picture shows the structure, so that the means over pictures are one and the same."
    return (
        f"{text}; in the means over all pictures, the {without} without the structure count 1 each where nothing was "
        "marked and 0 otherwise."
    )


def _surface(evaluation: Evaluation, report: PrecisionReport) -> str:
    figures = report.table("surface")
    n = max(figure.n for figure in figures.values())
    text = (
        f"Of {evaluation.pictures_with_structure} pictures with the structure, the {n} count in which the mask is not "
        "empty; what was missed altogether has no distance"
    )
    if any(name.endswith("px") for name in figures):
        return f"{text}. The spacing of these pictures is not known: distances are in their own pixels."
    return f"{text}."


def _lesions(_: Evaluation, __: PrecisionReport) -> str:
    return (
        "A lesion is a connected part of the expert's mask, and found where the mask covers at least "
        f"{100 * FOUND_SHARE:.0f} % of it; a false finding is a connected part of the mask that touches no lesion. "
        "A mask that covers everything finds everything, so that overlap must be read beside it."
    )


def _frames(evaluation: Evaluation, _: PrecisionReport) -> str:
    text = "A finding is a mask of any size at the chosen threshold"
    if evaluation.pictures_with_structure == evaluation.pictures:
        return f"{text}; every picture shows the structure, so that false alarms and ranking cannot be measured here."
    if evaluation.pictures_with_structure == 0:
        return f"{text}; no picture shows the structure, so that only false alarms can be measured here."
    return f"{text}; areas under the curve need no threshold, 0.5 is guessing."


def _calibration(_: Evaluation, report: PrecisionReport) -> str:
    text = "Nearly every pixel is certainly background, which keeps the error over all pixels small whatever the model"
    error = report.table("calibration").get("expected calibration error, pixels of 1 % and more")
    if error is None:
        return f"{text}."
    return f"{text}; where it says 1 % or more, its probabilities are {100 * error.value:.1f} points off on average."


def _circumference(_: Evaluation, report: PrecisionReport) -> str:
    signed = report.table("circumference")["head circumference, mean difference in mm"]
    word = "large" if signed.value > 0 else "small"
    certain = "" if signed.interval and signed.interval[0] * signed.interval[1] > 0 else ", which may be chance"
    return (
        "Of the ellipse with the moments of the mask's largest part, against the expert's figure: heads come out "
        f"{abs(signed.value):.1f} mm too {word} on average{certain}."
    )


def _likeness(_: Evaluation, __: PrecisionReport) -> str:
    return "How little the masks change when weights and activations have 8 bits: 1 is not at all."


_SENTENCES: Mapping[Table, Callable[[Evaluation, PrecisionReport], str]] = MappingProxyType(
    {
        "study": _study,
        "overlap": _overlap,
        "surface": _surface,
        "lesions": _lesions,
        "frames": _frames,
        "calibration": _calibration,
        "circumference": _circumference,
        "likeness": _likeness,
    }
)
