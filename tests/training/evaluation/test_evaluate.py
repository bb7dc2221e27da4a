"""An evaluation measures every file of a model on every picture, and its files are read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from streamseg.model_card import InputSpec, Window
from tests.support.grey_model import SPEC, grey_candidate, square_case
from training.data.case import Case
from training.data.prepared import DatasetInfo
from training.errors import TrainingError
from training.evaluation.evaluate import evaluate
from training.evaluation.examples import WITH_STRUCTURE, WITHOUT_STRUCTURE
from training.evaluation.markdown import to_markdown
from training.evaluation.report import write_report
from training.evaluation.results import Evaluation, read_evaluation
from training.evaluation.wording import TITLES

INFO = DatasetInfo(name="squares", modality="US", unit="grey", licence="none", citation="none", subject_word="patient")
CASES = [
    replace(
        square_case(f"{index // 2}-{index}", expert=index % 14, model=index % 11, grey=130 + 5 * index, spacing_mm=1.0),
        circumference_mm=4.0 * (index % 14),
    )
    for index in range(24)
]


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    """Return squares evaluated in both precisions."""
    return evaluate(grey_candidate(), CASES, INFO, "test", resamples=50)[0]


def test_every_file_is_measured_on_every_picture(evaluation: Evaluation) -> None:
    assert [report.precision for report in evaluation.reports] == ["float32", "int8"]
    assert (evaluation.pictures, evaluation.subjects, evaluation.pictures_with_structure) == (24, 12, 22)
    for report in evaluation.reports:
        assert {figure.table for figure in report.figures} >= set(TITLES) - {"likeness"}
        assert report.table("overlap")["Dice, mean per picture"].n == 24
    assert evaluation.reports[0].table("likeness") == {}
    assert evaluation.reports[1].table("likeness")["IoU with the float32 masks, mean per picture"].value < 1


def test_the_curve_at_the_chosen_threshold_is_the_figure(evaluation: Evaluation) -> None:
    report = evaluation.reports[0]
    at = report.thresholds.threshold.index(evaluation.threshold)
    assert report.thresholds.dice[at] == pytest.approx(report.table("overlap")["Dice, pooled"].value, abs=1e-5)
    assert report.thresholds.iou[at] == pytest.approx(report.table("overlap")["IoU, pooled"].value, abs=1e-5)
    two_classes = report.table("study")["mean IoU of structure and background, pooled"].value
    assert report.thresholds.two_class_iou[at] == pytest.approx(two_classes, abs=1e-5)
    r = report.table("study")["Pearson r of areas, at the chosen threshold"].value
    assert report.thresholds.pearson[at] == pytest.approx(r, abs=1e-5)


def test_the_pictures_of_lowest_dice_are_named(evaluation: Evaluation) -> None:
    dices = [dice for _, dice in evaluation.reports[0].worst]
    assert dices == sorted(dices)
    assert dices[0] == 0


def test_the_same_pictures_are_drawn_at_random_each_time() -> None:
    first, second = (evaluate(grey_candidate(), CASES, INFO, "test", resamples=2)[1] for _ in range(2))
    assert [example.name for example in first] == [example.name for example in second]
    assert sum(bool(example.expert.any()) for example in first) == WITH_STRUCTURE
    assert len(first) == WITH_STRUCTURE + WITHOUT_STRUCTURE


def test_an_int8_file_alone_is_likened_to_nothing() -> None:
    alone, _ = evaluate(grey_candidate(["int8"]), CASES, INFO, "test", resamples=2)
    assert alone.reports[0].table("likeness") == {}


def test_a_part_without_pictures_is_an_error() -> None:
    with pytest.raises(TrainingError, match="the train part of squares has no picture"):
        evaluate(grey_candidate(), [], INFO, "train")


def test_a_model_for_grey_levels_is_not_measured_on_hounsfield_units() -> None:
    with pytest.raises(TrainingError, match="squares is in Hounsfield units"):
        evaluate(grey_candidate(), CASES, INFO.model_copy(update={"unit": "hu"}), "test")


def test_a_report_has_json_that_is_read_back_a_sentence_under_each_table_and_every_plot(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    _, examples = evaluate(grey_candidate(), CASES, INFO, "test", resamples=2)
    loss_curve = tmp_path / "loss-curve.png"
    loss_curve.write_bytes(b"a picture")
    machine, reader = write_report(evaluation, tmp_path / "report", examples, loss_curve=loss_curve)
    assert read_evaluation(machine) == evaluation
    text = reader.read_text(encoding="utf-8")
    for title in TITLES.values():
        table, sentence = text.split(f"## {title}\n\n")[1].split("\n\n")[:2]
        assert table.startswith("| | float32 | int8 | n |")
        assert sentence.endswith(".")
    plots = sorted((tmp_path / "report" / "evaluation-squares-test").iterdir())
    assert len(plots) == 4 * 2 + 1 + 1
    for plot in plots:
        assert f"(evaluation-squares-test/{plot.name})" in text


def test_the_page_of_pictures_can_be_left_out_and_an_older_one_does_not_stay(
    evaluation: Evaluation, tmp_path: Path
) -> None:
    _, examples = evaluate(grey_candidate(), CASES[:4], INFO, "test", resamples=2)
    write_report(evaluation, tmp_path, examples)
    assert list(tmp_path.glob("**/pictures*"))
    write_report(evaluation, tmp_path)
    assert not list(tmp_path.glob("**/pictures*"))


def test_the_report_says_what_the_studys_iou_is_without_background(evaluation: Evaluation) -> None:
    text = to_markdown(evaluation, {})
    two = evaluation.reports[0].table("study")["mean IoU of structure and background, pooled"].value
    one = evaluation.reports[0].table("overlap")["IoU, pooled"].value
    assert f"its {two:.2f} is an IoU of {one:.2f} for the structure alone" in text
    assert two > one
    assert "mean per patient with structure" in text


def test_pictures_without_any_structure_are_reported_too(tmp_path: Path) -> None:
    cases = [square_case("a-1", model=5), square_case("b-1"), square_case("c-1")]
    normal, examples = evaluate(grey_candidate(), cases, INFO, "test", resamples=20)
    _, reader = write_report(normal, tmp_path, examples)
    assert "no picture shows the structure" in reader.read_text(encoding="utf-8")
    false = normal.reports[0].table("frames")["pictures without structure that get a finding"]
    assert false.value == pytest.approx(1 / 3)


def test_a_folder_that_cannot_be_made_is_named(evaluation: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TrainingError, match="choose another --report"):
        write_report(evaluation, tmp_path / "file")


def test_a_missing_evaluation_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"cannot read the evaluation .*none\.json"):
        read_evaluation(tmp_path / "none.json")


def test_a_file_that_is_no_evaluation_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(TrainingError, match=r"a\.json is not an evaluation"):
        read_evaluation(tmp_path / "a.json")


def test_hounsfield_units_are_drawn_through_the_models_window() -> None:
    window = SPEC.model_copy(update={"window": Window(centre_hu=40, width_hu=120)})
    case = replace(square_case("a-1", expert=4), image=np.full((32, 32), 100, np.int16), unit="hu")
    candidate = replace(grey_candidate(), spec=window)
    _, (example,) = evaluate(candidate, [case], INFO.model_copy(update={"unit": "hu"}), "test", resamples=2)
    assert example.image.max() == example.image.min() == 255


def test_a_model_made_for_skulls_is_measured_on_them_in_the_pictures_own_pixels() -> None:
    hu = np.full((120, 160), -1000, np.int16)
    hu[30:90, 40:100], hu[34:86, 44:96], hu[50:60, 60:75] = 800, 35, 75
    case = Case("a-1", "a", hu, hu >= 75, unit="hu")
    spec = InputSpec(height=64, width=64, window=Window(centre_hu=40, width_hu=120), region="skull")
    evaluation, _ = evaluate(
        replace(grey_candidate(), spec=spec, threshold=0.75),
        [case],
        INFO.model_copy(update={"unit": "hu"}),
        "test",
        resamples=2,
    )
    # What is brought to the model's pixels and back has softer edges.
    assert evaluation.reports[0].table("overlap")["Dice, pooled"].value > 0.98
