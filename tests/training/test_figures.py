"""Figures are those of their definitions, and their intervals resample subjects."""

from __future__ import annotations

import numpy as np
import pytest

from training.figures import CaseResult, summarise
from training.metrics import Overlap


def results(per_subject: int) -> list[CaseResult]:
    """Pictures of 20 subjects, all of one subject alike."""
    rng = np.random.default_rng(3)
    shared = [int(value) for value in rng.integers(50, 100, 20)]
    return [
        CaseResult(f"{subject}-{picture}", str(subject), Overlap(shared[subject], 100, 100), shared[subject] - 80.0)
        for subject in range(20)
        for picture in range(per_subject)
    ]


def figures(per_subject: int) -> dict:
    return {figure.metric: figure for figure in summarise(results(per_subject), resamples=200)}


def test_every_figure_lies_within_its_interval() -> None:
    for figure in figures(1).values():
        low, high = figure.interval
        assert low < figure.value < high


def test_repeating_each_subjects_picture_does_not_narrow_the_interval() -> None:
    one, four = figures(1)["Dice, mean per picture"], figures(4)["Dice, mean per picture"]
    assert four.n == 4 * one.n
    assert four.interval == pytest.approx(one.interval)


def test_the_figures_are_those_of_the_definitions() -> None:
    few = [
        CaseResult("a", "0", Overlap(5, 10, 10), -2.0),
        CaseResult("b", "1", Overlap(90, 90, 90), 1.0),
        CaseResult("c", "2", Overlap(0, 10, 0), None),
    ]
    measured = {figure.metric: (figure.value, figure.n) for figure in summarise(few, resamples=10)}
    assert measured["Dice, pooled"] == (pytest.approx(190 / 210), 3)
    assert measured["Dice, mean per picture"] == (pytest.approx(0.5), 3)
    assert measured["IoU, mean per picture"] == (pytest.approx((1 / 3 + 1) / 3), 3)
    assert measured["head circumference, mean absolute difference in mm"] == (pytest.approx(1.5), 2)
    assert measured["head circumference, mean difference in mm"] == (pytest.approx(-0.5), 2)
