"""An evaluation measures the files that ship, in the frames' own pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.case import Case
from training.datasets import hc18
from training.evaluate import compare, evaluate
from training.report import read_report, to_markdown, write_report
from training.run_folder import RunFolder


def test_the_experts_own_mask_scores_one_and_keeps_its_circumference() -> None:
    rows, columns = np.mgrid[:100, :100] - 50
    mask = rows**2 + columns**2 <= 900
    case = Case("a.png", "000", mask.astype(np.uint8), mask, 0.5, circumference_mm=30 * np.pi)
    result = compare(case, mask)
    assert result.overlap.dice == 1
    assert result.difference_mm == pytest.approx(0, abs=0.3)


def test_an_empty_mask_has_no_circumference_to_compare() -> None:
    case = Case("a.png", "000", np.ones((9, 9), np.uint8), np.ones((9, 9), bool), 0.5, circumference_mm=18.0)
    result = compare(case, np.zeros((9, 9), bool))
    assert (result.overlap.dice, result.difference_mm) == (0, None)


def test_an_evaluation_covers_its_part_in_both_precisions_and_survives_its_file(
    tiny_run: RunFolder, tiny_hc18: Path, tmp_path: Path
) -> None:
    evaluation = evaluate(tiny_run, tiny_hc18, "test")
    split = tiny_run.split()
    assert [report.precision for report in evaluation.reports] == ["float32", "int8"]
    assert evaluation.subjects == len(split.test)
    assert evaluation.reports[0].figures[0].n == len(list(hc18.read_cases(tiny_hc18, split.test)))
    assert any(figure.metric.startswith("IoU with the float32 masks") for figure in evaluation.reports[1].figures)
    machine, reader = write_report(evaluation, tmp_path)
    assert read_report(machine) == evaluation
    assert reader.read_text() == to_markdown(evaluation)
    assert "| float32 | Dice, pooled |" in to_markdown(evaluation)
