"""HC18 is read whole in both layouts, and what is wrong with it is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.tiny_datasets import SPACING_MM, draw_pictures, write_hc18_as_published
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
    return list(hc18.read_cases(folder))


def test_a_case_holds_picture_mask_spacing_and_circumference(folder: Path) -> None:
    (case,) = read(folder)
    assert (case.name, case.subject, case.unit) == ("001_HC", "001", "grey")
    assert (case.spacing_mm, case.circumference_mm) == (0.25, 180.5)
    assert case.image.shape == case.mask.shape == (20, 30)
    assert case.mask.dtype == bool
    assert case.mask.all()


def test_the_published_layout_gives_the_same_with_its_outlines_filled(tmp_path: Path) -> None:
    write_hc18_as_published(tmp_path)
    cases = read(tmp_path)
    assert [(case.name, case.spacing_mm) for case in cases] == [(f"{n:03}_HC", SPACING_MM) for n in range(3)]
    for case, (image, mask, _) in zip(cases, draw_pictures(3), strict=True):
        np.testing.assert_array_equal(case.image, image)
        assert (case.mask & (mask > 0)).sum() / (case.mask | (mask > 0)).sum() > 0.93


@settings(deadline=None, max_examples=40)
@given(st.integers(30, 60), st.integers(20, 60), st.integers(0, 179), st.integers(20, 90))
def test_an_outline_cut_off_by_the_edge_is_filled_as_the_whole_ellipse_would_be(
    long: int, short: int, turn: int, centre: int
) -> None:
    whole, line = np.zeros((120, 160), np.uint8), np.zeros((120, 160), np.uint8)
    for picture, thickness in ((whole, -1), (line, 1)):
        cv2.ellipse(picture, (centre, 60), (max(long, short), short), turn, 0, 360, 1, thickness)
    filled = hc18.fill_outline(line > 0)
    assert (filled & (whole > 0)).sum() / (filled | (whole > 0)).sum() > 0.97


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no HC18 pictures"):
        read(tmp_path)


def test_a_name_without_an_examination_is_refused(folder: Path) -> None:
    for part in ("images", "masks"):
        (folder / part / FILE).rename(folder / part / "head.png")
    (folder / "pixel_size_and_hc.csv").write_text(TABLE.replace(FILE, "head.png"))
    with pytest.raises(DatasetError, match=r"head\.png does not begin with"):
        read(folder)


def test_a_missing_mask_is_named(folder: Path) -> None:
    (folder / "masks" / FILE).unlink()
    with pytest.raises(DatasetError, match=rf"masks.{FILE}: No such file"):
        read(folder)


def test_an_outline_that_is_no_ellipse_is_named(tmp_path: Path) -> None:
    write_hc18_as_published(tmp_path)
    cv2.imwrite(str(tmp_path / "training_set" / "001_HC_Annotation.png"), np.zeros((36, 48), np.uint8))
    with pytest.raises(DatasetError, match=r"001_HC_Annotation\.png shows no ellipse: .* got 0"):
        read(tmp_path)


def test_a_mask_of_another_size_is_named_with_both_sizes(folder: Path) -> None:
    cv2.imwrite(str(folder / "masks" / FILE), np.zeros((20, 31), np.uint8))
    with pytest.raises(DatasetError, match=rf"mask of .*{FILE} is \(20, 31\).*\(20, 30\)"):
        read(folder)


@pytest.mark.parametrize("content", [b"", b"not a picture"])
def test_a_corrupt_picture_is_named(folder: Path, content: bytes) -> None:
    (folder / "images" / FILE).write_bytes(content)
    with pytest.raises(DatasetError, match=rf"cannot read the picture .*{FILE}: not a picture"):
        read(folder)


def test_a_picture_that_is_not_in_the_table_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").write_text(TABLE.replace("001", "002"))
    with pytest.raises(DatasetError, match=rf"{FILE} is not in"):
        read(folder)


def test_a_picture_that_the_table_lists_twice_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").write_text(TABLE + f"{FILE},0.3,180.5\n")
    with pytest.raises(DatasetError, match=rf"lists {FILE} twice"):
        read(folder)


def test_a_missing_table_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").unlink()
    with pytest.raises(DatasetError, match=r"cannot read .*pixel_size_and_hc\.csv"):
        read(folder)


def test_a_table_without_a_column_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").write_text(f"filename,size\n{FILE},1\n")
    with pytest.raises(DatasetError, match=r"pixel_size_and_hc\.csv has no column 'pixel_size_mm'"):
        read(folder)


def test_a_length_that_is_no_number_is_named(folder: Path) -> None:
    (folder / "pixel_size_and_hc.csv").write_text(TABLE.replace("0.25", "wide"))
    with pytest.raises(DatasetError, match=rf"'wide'.* of {FILE}, which are no millimetres"):
        read(folder)


def test_the_real_data_set_is_read(shared_data: Path) -> None:
    cases = hc18.read_cases(shared_data / "us" / "hc18")
    first = [next(cases) for _ in range(20)]
    assert all(0.01 < case.mask.mean() < 0.9 for case in first)
    assert all(40 < case.circumference_mm < 350 for case in first if case.circumference_mm is not None)
