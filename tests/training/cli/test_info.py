"""`info` says what a prepared data set holds, part by part, and finds what is wrong with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from training.cli import commands
from training.cli.info import SHOWN
from training.data.case import Case
from training.data.prepared import DatasetInfo, Prepared, write_prepared
from training.data.split import Split
from training.errors import DatasetError

CT = DatasetInfo(name="heads", modality="CT", unit="hu", licence="MIT", citation="none")


def invoke(folder: Path) -> Result:
    return CliRunner().invoke(commands, ["info", str(folder)])


def test_pictures_and_subjects_are_counted_part_by_part(tiny_data: Prepared) -> None:
    result = invoke(tiny_data.path)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "hc18: US, display grey levels"
    assert "train: 14 pictures of 7 examinations; 14 show the structure" in result.output
    assert "test: 6 pictures of 3 examinations" in result.output
    assert "left out" not in result.output
    assert "size: 24 of 36x48 pixels (height x width), 0 of others" in lines
    assert "spacing: 2 to 2 mm" in lines
    assert "circumference measured in 24 pictures" in lines
    assert lines[-1] == "near duplicates in different parts: 0"


def test_copies_subjects_left_out_and_unknown_spacing_are_told(tmp_path: Path) -> None:
    image = np.random.default_rng(1).integers(0, 80, (40, 50)).astype(np.int16)
    cases = [Case(f"{s}{n:02}", s, image, image > 99, unit="hu") for s in "abc" for n in range(SHOWN)]
    split = Split(dataset="heads", seed=0, train=("a",), validation=("b",), test=())
    write_prepared(tmp_path / "out", CT, cases, split)
    lines = invoke(tmp_path / "out").output.splitlines()
    assert f"train: {SHOWN} pictures of 1 patients; 0 show the structure, which fills 0.0% of them on average" in lines
    assert any(line.startswith(f"left out: {SHOWN} pictures of 1 patients") for line in lines)
    assert "spacing: unknown" in lines
    assert f"near duplicates in different parts: {SHOWN**2}" in lines
    assert "  a00 (train) and b00 (validation), 0 bits apart" in lines
    assert lines[-1] == f"  and {SHOWN**2 - SHOWN} more"


def test_a_broken_file_is_named(tiny_data: Prepared, tmp_path: Path) -> None:
    shutil.copytree(tiny_data.path, tmp_path / "copy")
    (tmp_path / "copy" / "masks" / "003_HC.png").write_bytes(b"")
    result = invoke(tmp_path / "copy")
    assert isinstance(result.exception, DatasetError)
    assert "003_HC.png" in str(result.exception)
