"""The tables of a report: the study's, and beside it those that do not flatter."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import numpy as np

from training.evaluation.areas import THRESHOLDS, pearson, two_class_iou
from training.evaluation.calibration import expected_calibration_error
from training.evaluation.lesion_table import lesion_table
from training.evaluation.ranking import Ranking, area_under_precision_and_recall
from training.evaluation.resampling import Values, Weights
from training.evaluation.results import Figure
from training.evaluation.sample import Sample
from training.metrics import Overlap

SCORES = {"mean probability": "mean", "maximum": "maximum", "top one per cent": "top_percent", "area": "area"}


def all_figures(sample: Sample) -> tuple[Figure, ...]:
    """Return every figure that can be had of ``sample``, table by table."""
    return tuple(
        chain(
            study_table(sample),
            overlap_table(sample),
            surface_table(sample),
            lesion_table(sample),
            frame_table(sample),
            calibration_table(sample),
            circumference_table(sample),
        )
    )


def study_table(sample: Sample) -> Iterator[Figure]:
    """Yield the study's figures. Like the study, it takes its best thresholds from the very pictures it measures."""
    if sample.has_both_kinds:
        rank = Ranking(sample.column(lambda picture: picture.scores.mean), sample.has_structure)
        area = "area under the precision-recall curve, by mean probability"
        yield from sample.figure("study", area, rank.average_precision, is_key=True)
        yield from sample.figure("study", "best F1, by mean probability", lambda weights: rank.best_f1(weights).f1)
        yield from sample.figure("study", "precision at the best F1", lambda weights: rank.best_f1(weights).precision)
        yield from sample.figure("study", "recall at the best F1", lambda weights: rank.best_f1(weights).recall)
        yield from sample.figure("study", "mean probability there", lambda weights: rank.best_f1(weights).score)
    areas, expert = sample.rows(lambda picture: picture.reaching_px), _expert(sample)
    best = "Pearson r of areas, at the best of 100 thresholds"
    yield from sample.figure("study", best, lambda weights: _best_r(pearson(weights, areas, expert))[0])
    yield from sample.figure("study", "that threshold", lambda weights: _best_r(pearson(weights, areas, expert))[1])
    chosen = _model(sample)[:, np.newaxis]
    r_at_chosen = "Pearson r of areas, at the chosen threshold"
    yield from sample.figure("study", r_at_chosen, lambda weights: pearson(weights, chosen, expert)[:, 0])
    counts = np.stack([_hits(sample), expert, _model(sample), sample.column(lambda picture: picture.pixels)])
    two_classes = "mean IoU of structure and background, pooled"
    yield from sample.figure("study", two_classes, lambda weights: two_class_iou(*(weights @ row for row in counts)))


def overlap_table(sample: Sample) -> Iterator[Figure]:
    """Yield Dice and IoU of the structure alone."""
    hits, both = _hits(sample), _expert(sample) + _model(sample)
    yield from sample.quotient("overlap", "Dice, pooled", 2 * hits, both, is_key=True)
    yield from sample.quotient("overlap", "IoU, pooled", hits, both - hits, is_key=True)
    dice, iou = sample.column(lambda picture: picture.overlap.dice), sample.column(lambda picture: picture.overlap.iou)
    positive = sample.has_structure
    yield from sample.mean("overlap", "Dice, mean per picture with structure", np.where(positive, dice, np.nan))
    yield from sample.mean("overlap", "IoU, mean per picture with structure", np.where(positive, iou, np.nan))
    for name, values in _per_subject(sample).items():
        yield from sample.mean("overlap", f"{name}, mean per subject with structure", values, counted="subjects")
    yield from sample.mean("overlap", "Dice, mean per picture", dice, is_key=True)
    yield from sample.mean("overlap", "IoU, mean per picture", iou, is_key=True)
    hits_px, called_px = _pixel_ranking(sample)
    yield from sample.figure(
        "overlap",
        "area under the precision-recall curve, by pixel",
        lambda weights: area_under_precision_and_recall(weights @ hits_px, weights @ called_px),
        is_key=True,
    )


def surface_table(sample: Sample) -> Iterator[Figure]:
    """Yield distances between outlines, of the pictures in which both masks have one."""
    pairs = [
        (np.nan, np.nan) if picture.surface is None else (picture.surface.hausdorff_px, picture.surface.mean_px)
        for picture in sample.pictures
    ]
    distances = np.array(pairs) * sample.pixel_lengths[:, np.newaxis]
    unit = sample.length_unit
    yield from sample.mean("surface", f"Hausdorff distance, 95 %, in {unit}", distances[:, 0], is_key=True)
    yield from sample.mean("surface", f"mean surface distance in {unit}", distances[:, 1], is_key=True)


def frame_table(sample: Sample) -> Iterator[Figure]:
    """Yield how well pictures with the structure are told from those without."""
    positive, finding = sample.has_structure, (_model(sample) > 0).astype(np.float64)
    without, within = np.where(positive, np.nan, finding), np.where(positive, finding, np.nan)
    yield from sample.mean("frames", "pictures without structure that get a finding", without, is_key=True)
    yield from sample.mean("frames", "pictures with structure that get a finding", within, is_key=True)
    if not sample.has_both_kinds:
        return
    scores = np.array([[getattr(picture.scores, field) for field in SCORES.values()] for picture in sample.pictures])
    for name, column in zip(SCORES, scores.T, strict=True):
        yield from sample.figure("frames", f"area under the ROC curve, by {name}", Ranking(column, positive).roc_auc)


def calibration_table(sample: Sample) -> Iterator[Figure]:
    """Yield how far probabilities are from shares."""
    sums = sample.rows(lambda picture: picture.calibration)
    name = "expected calibration error"
    yield from sample.figure(
        "calibration", f"{name}, all pixels", lambda weights: expected_calibration_error(weights, sums)
    )
    yield from sample.figure(
        "calibration",
        f"{name}, pixels of 1 % and more",
        lambda weights: expected_calibration_error(weights, sums, first_bin=1),
    )


def circumference_table(sample: Sample) -> Iterator[Figure]:
    """Yield head circumference against the expert's, where it is known, and how well the ellipse fits."""
    differences = sample.column(lambda picture: np.nan if picture.difference_mm is None else picture.difference_mm)
    absolute = "head circumference, mean absolute difference in mm"
    yield from sample.mean("circumference", absolute, np.abs(differences), is_key=True)
    yield from sample.mean("circumference", "head circumference, mean difference in mm", differences, is_key=True)
    fitted = sample.column(lambda picture: np.nan if picture.ellipse is None else picture.ellipse.dice)
    yield from sample.mean("circumference", "Dice of the fitted ellipse, mean per picture", fitted, is_key=True)


def likeness_table(sample: Sample) -> Iterator[Figure]:
    """Yield how alike the masks are to those of the float32 file."""
    values = sample.column(lambda picture: picture.likeness.iou)
    yield from sample.mean("likeness", "IoU with the float32 masks, mean per picture", values, is_key=True)


def _hits(sample: Sample) -> Values:
    return sample.column(lambda picture: picture.overlap.both)


def _expert(sample: Sample) -> Values:
    return sample.column(lambda picture: picture.overlap.expert)


def _pixel_ranking(sample: Sample) -> tuple[Values, Values]:
    """Return hits and pixels of each picture that reach each threshold, highest first, and at last all; (n, 101)."""
    hits_px = sample.rows(lambda picture: picture.hits_px)
    reaching_px = sample.rows(lambda picture: picture.reaching_px)
    everything = sample.column(lambda picture: picture.pixels)
    return np.c_[hits_px[:, ::-1], _expert(sample)], np.c_[reaching_px[:, ::-1], everything]


def _model(sample: Sample) -> Values:
    return sample.column(lambda picture: picture.overlap.model)


def _best_r(r: Weights) -> tuple[Values, Values]:
    """Return the highest of each row of ``r`` (k, 100) and its threshold, both (k,); NaN where none is defined."""
    filled = np.where(np.isnan(r), -np.inf, r)
    exists = np.where(np.isnan(r).all(axis=1), np.nan, 1.0)
    best = np.argmax(filled, axis=1)
    return np.where(np.isnan(exists), np.nan, filled.max(axis=1)), np.asarray(THRESHOLDS)[best] * exists


def _per_subject(sample: Sample) -> dict[str, Values]:
    """Return Dice and IoU of each subject with the structure, its pictures counted as one, at its first picture.

    NaN at all other pictures, so that the subject's weight in a sample is that of one picture.
    """
    pictures: dict[str, list[int]] = {}
    for index, picture in enumerate(sample.pictures):
        pictures.setdefault(picture.subject, []).append(index)
    columns = {name: np.full(len(sample.pictures), np.nan) for name in ("Dice", "IoU")}
    for indices in pictures.values():
        pooled = Overlap.pool(sample.pictures[index].overlap for index in indices)
        if pooled.expert > 0:
            columns["Dice"][indices[0]], columns["IoU"][indices[0]] = pooled.dice, pooled.iou
    return columns
