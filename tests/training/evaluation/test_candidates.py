"""What is evaluated are the very files that ship."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from streamseg.errors import ChecksumError, ModelNotFoundError
from streamseg.model import BUNDLED
from streamseg.model_card import read_card
from training.data.prepared import Prepared
from training.evaluation.candidates import open_shipped
from training.evaluation.run_candidate import open_run
from training.fitting.run_folder import RunFolder

NAME = "us-fetal-head"


def test_a_bundled_model_is_opened_in_every_precision_of_its_card() -> None:
    card = read_card(BUNDLED / f"{NAME}.json")
    with open_shipped(NAME) as candidate:
        assert {file.precision: file.sha256 for file in candidate.files} == {
            weights.precision: weights.sha256 for weights in card.weights if not weights.backends
        }
        assert candidate.files[0].precision == "float32"
        assert (candidate.threshold, candidate.spec) == (card.threshold, card.input)


def test_the_path_of_a_file_opens_that_file_alone() -> None:
    with open_shipped(str(BUNDLED / f"{NAME}.int8.onnx")) as candidate:
        assert [file.precision for file in candidate.files] == ["int8"]


def test_a_file_that_is_not_the_one_of_its_card_is_refused(tmp_path: Path) -> None:
    shutil.copy(BUNDLED / f"{NAME}.json", tmp_path)
    shutil.copy(BUNDLED / f"{NAME}.int8.onnx", tmp_path / f"{NAME}.onnx")
    with pytest.raises(ChecksumError), open_shipped(str(tmp_path / f"{NAME}.onnx")):
        pass


def test_a_name_that_is_no_model_is_refused() -> None:
    with pytest.raises(ModelNotFoundError, match="nothing-like-it"), open_shipped("nothing-like-it"):
        pass


def test_a_run_is_measured_by_the_files_that_it_would_ship(tiny_run: RunFolder, tiny_data: Prepared) -> None:
    with open_run(tiny_run, tiny_data) as first, open_run(tiny_run, tiny_data) as second:
        assert [file.precision for file in first.files] == ["float32", "int8"]
        assert [file.sha256 for file in first.files] == [file.sha256 for file in second.files]
        assert first.threshold == tiny_run.choice().threshold


def test_on_other_data_int8_is_calibrated_on_what_the_run_learnt_from(tiny_run: RunFolder, tiny_data: Prepared) -> None:
    other = replace(tiny_data, info=tiny_data.info.model_copy(update={"name": "other"}))
    with open_run(tiny_run, tiny_data) as own, open_run(tiny_run, other) as foreign:
        assert [file.sha256 for file in own.files] == [file.sha256 for file in foreign.files]


def test_without_what_the_run_learnt_from_there_is_float32_alone(
    tiny_run: RunFolder, tiny_data: Prepared, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    moved = tmp_path / "run"
    shutil.copytree(tiny_run.path, moved)
    config = tiny_run.config().model_copy(update={"data": tmp_path / "gone"})
    (moved / "config.json").write_text(config.model_dump_json())
    other = replace(tiny_data, info=tiny_data.info.model_copy(update={"name": "other"}))
    with open_run(RunFolder(moved), other) as candidate:
        assert [file.precision for file in candidate.files] == ["float32"]
    assert "int8 is left out" in caplog.text
