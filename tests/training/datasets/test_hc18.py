"""HC18 is read whole, and what is wrong with it is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.datasets import hc18
from training.errors import DatasetError

FILE = "001_HC.png"
TABLE = f"filename,pixel_size_mm,head_circumference_mm\n{FILE},0.25,180.5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a data set of one picture."""
    for part, value in (("images", 90), ("masks", 255)):
        (tmp_path / part).mkdir()
        cv2.imwrite(str(tmp_path / part / FILE), np.full((20, 30), value, np.uint8))
    (tmp_path / "pixel_size_and_hc.csv").write_text(TABLE)
    return tmp_path


def read(folder: Path) -> list:
    return list(hc18.read_cases(folder, hc18.list_subjects(folder)))


def test_a_case_holds_picture_mask_spacing_and_circumference(folder: Path) -> None:
    (case,) = read(folder)
    assert (case.name, case.subject, case.unit) == (FILE, "001", "grey")
    assert (case.spacing_mm, case.circumference_mm) == (0.25, 180.5)
    assert case.image.shape == case.mask.shape == (20, 30)
    assert case.mask.dtype == bool
    assert case.mask.all()


def test_only_the_subjects_asked_for_are_read(folder: Path) -> None:
    assert list(hc18.read_cases(folder, {"002"})) == []


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no HC18 pictures"):
        hc18.list_files(tmp_path)


def test_a_name_without_an_examination_is_refused(folder: Path) -> None:
    (folder / "images" / FILE).rename(folder / "images" / "head.png")
    with pytest.raises(DatasetError, match=r"head\.png does not begin with"):
        hc18.list_subjects(folder)


def test_a_missing_mask_is_named(folder: Path) -> None:
    (folder / "masks" / FILE).unlink()
    with pytest.raises(DatasetError, match=rf"{FILE} has no mask"):
        read(folder)


def test_a_mask_of_another_size_is_named_with_both_sizes(folder: Path) -> None:
    cv2.imwrite(str(folder / "masks" / FILE), np.zeros((20, 31), np.uint8))
    with pytest.raises(DatasetError, match=rf"mask of {FILE} is \(20, 31\).*\(20, 30\)"):
        read(folder)


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_corrupt_picture_is_named(folder: Path, content: bytes) -> None:
    (folder / "images" / FILE).write_bytes(content)
    with pytest.raises(DatasetError, match=rf"{FILE} is not a picture"):
        read(folder)


def test_a_picture_that_is_not_in_the_table_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").write_text(TABLE.replace("001", "002"))
    with pytest.raises(DatasetError, match=rf"{FILE} is not in"):
        read(folder)


def test_a_missing_table_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").unlink()
    with pytest.raises(DatasetError, match=r"cannot read .*pixel_size_and_hc\.csv"):
        read(folder)


@pytest.mark.parametrize("content", ["filename,size\n001_HC.png,1\n", TABLE.replace("0.25", "wide")])
def test_a_table_in_another_form_is_named(folder: Path, content: str) -> None:
    (folder / "pixel_size_and_hc.csv").write_text(content)
    with pytest.raises(DatasetError, match="is not HC18's table"):
        read(folder)


def test_the_real_data_set_is_read_whole(shared_data: Path) -> None:
    folder = shared_data / "us" / "hc18"
    assert len(hc18.list_files(folder)) == 854
    cases = list(hc18.read_cases(folder, hc18.list_subjects(folder)[:20]))
    assert all(0.01 < case.mask.mean() < 0.9 for case in cases)
