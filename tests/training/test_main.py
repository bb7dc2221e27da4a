"""The command line does what it says, and an error is one line."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from streamseg.model_card import read_card
from training.__main__ import cli, main
from training.split import read_split


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_info_counts_pictures_and_examinations(tiny_hc18: Path) -> None:
    assert "24 pictures of 12 examinations" in run("info", tiny_hc18)


def test_split_writes_the_parts_asked_for(tiny_hc18: Path, tmp_path: Path) -> None:
    run("split", tiny_hc18, "--out", tmp_path / "split.json", "--validation", "2", "--test", "4")
    split = read_split(tmp_path / "split.json")
    assert (len(split.train), len(split.validation), len(split.test)) == (6, 2, 4)


def test_train_evaluate_and_export_make_a_model_with_its_figures(tiny_hc18: Path, tmp_path: Path) -> None:
    run("split", tiny_hc18, "--out", tmp_path / "split.json", "--validation", "2", "--test", "4")
    config = tmp_path / "tiny.toml"
    config.write_text('dataset = "hc18"\nsplit = "split.json"\n[[stage]]\nsize = 32\nepochs = 1\n')
    out = tmp_path / "run"
    assert "epoch 1, threshold" in run("train", config, "--data", tiny_hc18, "--out", out)
    assert "# hc18, test part" in run("evaluate", out, "--data", tiny_hc18, "--split", "test")
    evaluation = out / "evaluation-test.json"
    options = ["--name", "us-fetal-head", "--evaluation", evaluation, "--int8"]
    run("export", out, "--data", tiny_hc18, "--out", tmp_path / "models", *options)
    card = read_card(tmp_path / "models" / "us-fetal-head.json")
    assert {figure.precision for figure in card.accuracy} == {"float32", "int8"}


def test_an_error_is_one_line_and_an_exit_code_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["training", "info", str(tmp_path)])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 9
    assert capsys.readouterr().err == (
        f"error: no HC18 pictures in {tmp_path / 'images'}; pass the folder that holds images/ and masks/\n"
    )
