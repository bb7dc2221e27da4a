"""``python -m training evaluate`` measures a run, or a model that ships, and says what it found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from click.testing import CliRunner

from tests.support.clips import write_clip
from training.cli import commands
from training.data.prepared import Prepared
from training.evaluation.results import read_evaluation
from training.fitting.run_folder import RunFolder


def evaluate(*arguments: str | Path) -> str:
    result = CliRunner().invoke(commands, ["evaluate", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_run_is_measured_by_its_own_split_and_reports_into_its_folder(
    tiny_run: RunFolder, tiny_data: Prepared
) -> None:
    output = evaluate(tiny_run.path, "--data", tiny_data.path, "--split", "test")
    evaluation = read_evaluation(tiny_run.path / "evaluation-hc18-test.json")
    assert evaluation.subjects == len(tiny_run.split().test)
    assert "float32  Dice, pooled: " in output
    assert "int8  IoU with the float32 masks" in output
    assert (tiny_run.path / "evaluation-hc18-test" / "loss-while-training.png").exists()


def test_a_bundled_model_is_measured_by_the_split_in_the_folder_without_pictures_if_asked(
    tiny_data: Prepared, tmp_path: Path
) -> None:
    options = ["--data", tiny_data.path, "--split", "validation", "--report", tmp_path, "--no-pictures"]
    assert "on hc18, validation part: 4 pictures of 2 examinations" in evaluate("us-fetal-head", *options)
    assert read_evaluation(tmp_path / "evaluation-hc18-validation.json").model.startswith("us-fetal-head")
    assert not list(tmp_path.glob("**/pictures*"))


def test_a_recording_without_structure_is_measured_with_the_part(tiny_data: Prepared, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", [np.full((48, 64), 90, np.uint8)] * 4)
    options = ["--data", tiny_data.path, "--split", "validation", "--report", tmp_path, "--normals", clip]
    assert "on hc18 with clip, validation part: 8 pictures" in evaluate("us-fetal-head", *options)
    (report,) = tmp_path.glob("evaluation-hc18-with-clip-validation.json")
    figures = read_evaluation(report).reports[0].table("frames")
    assert figures["pictures without structure that get a finding"].n == 4
    assert "area under the ROC curve, by mean probability" in figures
