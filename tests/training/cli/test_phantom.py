"""`phantom` writes a prepared folder that depends on the seed alone, with a split that keeps heads apart."""

from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from training.cli import commands
from training.data.prepared import Prepared
from training.errors import DatasetError, TrainingError
from training.phantoms.ct.draw import NORMALS


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["phantom", *map(str, arguments)])


def make(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_ct_slices_are_written_in_hounsfield_units_with_whole_heads_for_validation(tmp_path: Path):
    said = make("ct", "--out", tmp_path / "ct", "--count", "20", "--size", "32", "--seed", "1")
    data = Prepared.open(tmp_path / "ct")
    assert "ct-phantom: 20 pictures of 5 heads" in said
    assert (data.info.modality, data.info.unit) == ("CT", "hu")
    split = data.split()
    assert (len(split.train), len(split.validation), split.test) == (4, 1, ())
    assert {case.image.shape for case in data.cases()} == {(32, 32)}


def test_one_job_and_two_write_the_same_files(tmp_path: Path):
    for jobs in (1, 2):
        make("ct", "--out", tmp_path / str(jobs), "--count", "6", "--size", "32", "--jobs", str(jobs))
    files = sorted(path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*") if path.is_file())
    assert len(files) == 6 * 2 + 3
    for file in files:
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()


def test_real_backgrounds_are_for_training_alone(tmp_path: Path, shared_data: Path):
    source = shared_data / "ct" / "ge_head"
    make("ct", "--out", tmp_path / "ct", "--count", "8", "--size", "32", "--normals", source, "--real-share", "0.5")
    data = Prepared.open(tmp_path / "ct")
    assert NORMALS in data.split().train
    assert "ge_head" in data.info.citation


def test_ultrasound_frames_are_grey_and_each_is_a_subject(tmp_path: Path):
    make("ultrasound", "--out", tmp_path / "us", "--count", "5", "--seed", "2")
    data = Prepared.open(tmp_path / "us")
    assert (data.info.modality, data.info.unit, len(data.subjects())) == ("US", "grey", 5)
    masks = [case.mask for case in data.cases()]
    assert [bool(np.any(mask)) for mask in masks] == [True, True, True, True, False]


def test_a_folder_without_slices_is_refused_before_anything_is_written(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    result = invoke("ct", "--out", tmp_path / "ct", "--count", "9", "--jobs", "2", "--normals", tmp_path / "empty")
    assert isinstance(result.exception, DatasetError)
    assert not (tmp_path / "ct").exists()


def test_a_folder_that_holds_something_is_refused_before_anything_is_drawn(tmp_path: Path):
    (tmp_path / "kept.txt").write_text("mine", encoding="utf-8")
    result = invoke("ct", "--out", tmp_path, "--count", "1000000")
    assert isinstance(result.exception, TrainingError)
    assert "not an empty folder" in str(result.exception)
