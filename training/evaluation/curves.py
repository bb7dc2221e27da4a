"""The curves of a report."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from sklearn.metrics import precision_recall_curve

from training.evaluation.areas import THRESHOLDS, pearson, two_class_iou
from training.evaluation.results import CalibrationCurve, Curve, PrecisionRecallCurve, ThresholdCurves
from training.evaluation.sample import Sample

CALIBRATION_POINTS = 20
DIGITS = 5


def threshold_curves(sample: Sample) -> ThresholdCurves:
    """Return overlap over all pixels, and Pearson's r of areas, at each threshold."""
    model_px, hits_px = (
        sample.rows(lambda picture: picture.reaching_px),
        sample.rows(lambda picture: picture.hits_px),
    )
    expert_px = sample.column(lambda picture: picture.overlap.expert)
    model, hits, expert = model_px.sum(axis=0), hits_px.sum(axis=0), expert_px.sum()
    pixels = sample.column(lambda picture: picture.pixels).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        return ThresholdCurves(
            threshold=THRESHOLDS,
            dice=_curve(2 * hits / (expert + model)),
            iou=_curve(hits / (expert + model - hits)),
            two_class_iou=_curve(two_class_iou(hits, expert, model, pixels)),
            precision=_curve(hits / model),
            recall=_curve(hits / expert),
            pearson=_curve(pearson(np.ones((1, len(expert_px))), model_px, expert_px)[0]),
        )


def frame_curve(sample: Sample) -> PrecisionRecallCurve | None:
    """Return precision and recall of the mean probability as frame score; None unless there are both kinds."""
    if not sample.has_both_kinds:
        return None
    scores = sample.column(lambda picture: picture.scores.mean)
    precision, recall, _ = precision_recall_curve(sample.has_structure, scores)
    return PrecisionRecallCurve(precision=_curve(precision[::-1]), recall=_curve(recall[::-1]))


def calibration_curve(sample: Sample) -> CalibrationCurve:
    """Return shares by probability, over all pixels, in `CALIBRATION_POINTS` bins."""
    sums = sample.rows(lambda picture: picture.calibration).sum(axis=0)
    pixels, probability, hits = sums.reshape(3, CALIBRATION_POINTS, -1).sum(axis=2)
    with np.errstate(invalid="ignore"):
        share, mean = hits / pixels, probability / pixels
    return CalibrationCurve(probability=_curve(mean), share=_curve(share), pixels=tuple(int(count) for count in pixels))


def _curve(values: Iterable[float]) -> Curve:
    return tuple(round(float(value), DIGITS) if math.isfinite(value) else None for value in values)
