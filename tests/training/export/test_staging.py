"""An export is written whole or not at all."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from training.errors import TrainingError
from training.export.staging import staged


def test_what_was_written_replaces_files_and_folders_of_the_same_names(tmp_path: Path) -> None:
    (tmp_path / "a.savedmodel").mkdir()
    (tmp_path / "a.savedmodel" / "old").touch()
    (tmp_path / "a.onnx").write_text("old")
    (tmp_path / "other").write_text("kept")
    with staged(tmp_path) as folder:
        (folder / "a.savedmodel").mkdir()
        (folder / "a.savedmodel" / "new").touch()
        (folder / "a.onnx").write_text("new")
    assert (tmp_path / "a.onnx").read_text() == "new"
    assert [path.name for path in (tmp_path / "a.savedmodel").iterdir()] == ["new"]
    assert {path.name for path in tmp_path.iterdir()} == {"a.savedmodel", "a.onnx", "other"}


def test_a_full_disk_is_named_and_leaves_the_former_export_whole(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_text("old")
    with pytest.raises(TrainingError, match=r"cannot write the model to .*: No space left on device; free some"):
        _run_out_of_space(tmp_path)
    assert (tmp_path / "a.onnx").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.onnx"]


def _run_out_of_space(out: Path) -> None:
    with staged(out) as folder:
        (folder / "a.onnx").write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(TrainingError, match=r"cannot write the model to .*out: File exists"), staged(tmp_path / "out"):
        pytest.fail("there is no folder to write to")
