"""``python -m training evaluate`` measures a run, or a model that ships, and says what it found."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

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
