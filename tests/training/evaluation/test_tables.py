"""Every figure of the tables is the one of its definition, on pictures whose figures can be worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from streamseg.measure.ellipse import circumference
from tests.support.grey_model import sample_of, square_case
from training.data.case import Case
from training.evaluation.results import Figure
from training.evaluation.tables import (
    all_figures,
    calibration_table,
    circumference_table,
    frame_table,
    likeness_table,
    overlap_table,
    study_table,
    surface_table,
)


def by_name(figures: Iterable[Figure]) -> dict[str, Figure]:
    return {figure.metric: figure for figure in figures}


def values(figures: Iterable[Figure]) -> dict[str, float]:
    return {figure.metric: figure.value for figure in figures}


FOUR = (
    square_case("a-1", expert=10, model=10),
    square_case("a-2", expert=10, model=10, shift=5),
    square_case("b-1", expert=4),
    square_case("c-1"),
)


def test_overlap_is_pooled_per_picture_per_positive_picture_and_per_subject() -> None:
    figures = values(overlap_table(sample_of(*FOUR)))
    assert figures["Dice, pooled"] == pytest.approx(2 * 150 / (216 + 200))
    assert figures["IoU, pooled"] == pytest.approx(150 / 266)
    assert figures["Dice, mean per picture with structure"] == pytest.approx((1 + 0.5 + 0) / 3)
    assert figures["IoU, mean per picture"] == pytest.approx((1 + 1 / 3 + 0 + 1) / 4)
    assert figures["Dice, mean per subject with structure"] == pytest.approx((0.75 + 0) / 2)
    assert figures["IoU, mean per subject with structure"] == pytest.approx((150 / 250 + 0) / 2)


def test_each_figure_says_over_how_many_of_what() -> None:
    figures = by_name(overlap_table(sample_of(*FOUR)))
    assert (figures["IoU, mean per picture"].n, figures["IoU, mean per picture"].counted) == (4, "pictures")
    assert figures["Dice, mean per picture with structure"].n == 3
    assert (figures["Dice, mean per subject with structure"].n,) == (2,)
    assert figures["Dice, mean per subject with structure"].counted == "subjects"


def test_pixels_are_ranked_by_probability_in_steps_of_one_per_cent() -> None:
    rng = np.random.default_rng(3)
    probabilities, expert = rng.integers(0, 101, (4, 32, 32)) / 100, rng.random((4, 32, 32)) < 0.3
    cases = [
        Case(f"{index}-1", str(index), np.round(grey * 255).astype(np.uint8), mask)
        for index, (grey, mask) in enumerate(zip(probabilities, expert, strict=True))
    ]
    ranked = np.floor(np.stack([case.image for case in cases]) / 255 * 100)
    figures = values(overlap_table(sample_of(*cases)))
    expected = average_precision_score(expert.ravel(), ranked.ravel())
    assert figures["area under the precision-recall curve, by pixel"] == pytest.approx(expected)


def test_the_studys_table_counts_the_background_and_picks_its_best() -> None:
    bright = [square_case(f"{side}-1", expert=side, model=side, grey=200) for side in (4, 8, 12)]
    figures = values(study_table(sample_of(*bright, square_case("d-1", model=2, grey=90))))
    area = "area under the precision-recall curve, by mean probability"
    assert figures[area] == figures["best F1, by mean probability"] == pytest.approx(1)
    assert figures["precision at the best F1"] == figures["recall at the best F1"] == 1
    assert figures["Pearson r of areas, at the best of 100 thresholds"] == pytest.approx(1)
    assert 90 / 255 < figures["that threshold"] < 200 / 255
    assert figures["Pearson r of areas, at the chosen threshold"] == pytest.approx(1)
    assert figures["mean IoU of structure and background, pooled"] == pytest.approx(1)


def test_pictures_of_one_kind_have_no_ranking() -> None:
    figures = values(
        all_figures(sample_of(square_case("a-1", expert=9, model=9), square_case("b-1", expert=5, model=4)))
    )
    assert {name for name in figures if "curve" in name} == {"area under the precision-recall curve, by pixel"}
    assert not any("F1" in name for name in figures)
    assert "pictures without structure that get a finding" not in figures


def test_findings_are_counted_where_there_is_structure_and_where_there_is_none() -> None:
    figures = by_name(frame_table(sample_of(*FOUR, square_case("d-1", model=3), square_case("d-2", model=3, grey=100))))
    assert figures["pictures with structure that get a finding"].value == pytest.approx(2 / 3)
    assert figures["pictures without structure that get a finding"].value == pytest.approx(1 / 3)
    assert figures["pictures without structure that get a finding"].n == 3
    assert figures["area under the ROC curve, by area"].value == pytest.approx((3 + 3 + 1) / 9)


def test_each_frame_score_ranks_by_itself() -> None:
    """A speck as bright as a bleed fools the maximum and not the mean."""
    cases = [square_case("a-1", expert=9, model=9), square_case("b-1", model=1)]
    figures = values(frame_table(sample_of(*cases)))
    assert figures["area under the ROC curve, by mean probability"] == 1
    assert figures["area under the ROC curve, by maximum"] == 0.5


def test_distances_are_in_millimetres_where_every_spacing_is_known_and_in_pixels_otherwise() -> None:
    inner, outer = {"expert": 10, "model": 10, "shift": 4}, {"expert": 8, "model": 8}
    known = values(surface_table(sample_of(square_case("a-1", spacing_mm=0.5, **inner))))
    unknown = values(surface_table(sample_of(square_case("a-1", **inner), square_case("b-1", spacing_mm=0.5, **outer))))
    assert known["Hausdorff distance, 95 %, in mm"] == 2
    assert unknown["Hausdorff distance, 95 %, in px"] == 2  # the mean of 4 and 0
    assert "mean surface distance in px" in unknown


def test_pictures_in_which_a_mask_is_empty_have_no_distance() -> None:
    figures = by_name(surface_table(sample_of(*FOUR)))
    assert figures["mean surface distance in px"].n == 2


def test_calibration_is_over_all_pixels_and_over_those_that_are_not_certainly_background() -> None:
    figures = values(calibration_table(sample_of(square_case("a-1", model=8, grey=51))))
    assert figures["expected calibration error, all pixels"] == pytest.approx(0.2 * 64 / 32**2)
    assert figures["expected calibration error, pixels of 1 % and more"] == pytest.approx(0.2)


def test_circumference_counts_where_the_expert_measured_it_and_a_head_was_found() -> None:
    found_mm = circumference(square_case("a-1", expert=20).mask, (1.0, 1.0))
    assert found_mm is not None
    heads = [square_case(name, expert=20, model=20, spacing_mm=1.0) for name in ("a-1", "b-1", "c-1")]
    lost = replace(square_case("d-1", expert=20, spacing_mm=1.0), circumference_mm=80.0)
    measured = [replace(heads[0], circumference_mm=found_mm + 3), replace(heads[1], circumference_mm=found_mm - 1)]
    figures = by_name(circumference_table(sample_of(*measured, heads[2], lost)))
    absolute = figures["head circumference, mean absolute difference in mm"]
    assert (absolute.value, absolute.n) == (pytest.approx(2), 2)
    assert figures["head circumference, mean difference in mm"].value == pytest.approx(-1)


def test_likeness_compares_with_the_float32_mask_and_not_with_the_experts() -> None:
    (figure,) = likeness_table(sample_of(square_case("a-1", expert=3, model=9)))
    assert figure.value == 1


def test_every_figure_lies_within_its_interval() -> None:
    rng = np.random.default_rng(1)
    cases = [
        square_case(f"{subject}-{number}", expert=int(rng.integers(6, 14)), model=int(rng.integers(6, 14)))
        for subject in range(8)
        for number in range(2)
    ]
    for figure in overlap_table(sample_of(*cases, resamples=400)):
        assert figure.interval is not None
        assert figure.interval[0] < figure.value < figure.interval[1]
