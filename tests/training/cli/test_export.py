"""``python -m training export`` writes what ships of a run, and names what is wrong in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from streamseg.model_card import read_card
from tests.support.tiny_runs import write_ct, write_run
from training.cli import commands
from training.errors import TrainingError


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a finished run and its prepared data."""
    folder = tmp_path_factory.mktemp("export")
    data = write_ct(folder / "data")
    return write_run(folder / "run", data).path, data.path


def export(folders: tuple[Path, Path], *options: str | Path) -> Result:
    run, data = folders
    arguments = ["export", run, "--data", data, *options]
    return CliRunner().invoke(commands, [str(each) for each in arguments], catch_exceptions=False)


def test_the_committed_text_is_taken_by_the_name_of_the_model(folders: tuple[Path, Path], tmp_path: Path) -> None:
    result = export(folders, "--out", tmp_path / "out", "--name", "ct-haemorrhage", "--dynamic")
    assert result.exit_code == 0, result.output
    assert "ct-haemorrhage: version " in result.output
    assert result.output.endswith("threshold 0.5, 2 files\n")
    card = read_card(tmp_path / "out" / "ct-haemorrhage.json")
    assert [weights.file for weights in card.weights] == ["ct-haemorrhage.onnx", "ct-haemorrhage.dynamic.onnx"]


def test_a_model_without_a_text_is_told_to_bring_one(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="pass --card"):
        export(folders, "--out", tmp_path / "out", "--name", "other")


def test_what_is_no_evaluation_is_named(folders: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(TrainingError, match=r"a\.json is not an evaluation"):
        export(folders, "--out", tmp_path / "out", "--name", "ct-haemorrhage", "--evaluation", tmp_path / "a.json")
