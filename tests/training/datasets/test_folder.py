"""A plain folder is read with its masks, however they are stored, and what is wrong with it is named."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.support.tiny_datasets import draw_pictures, write_plain
from training.datasets.folder import binary, read_cases
from training.errors import DatasetError

MASK = Path("mask.png")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make two pictures of each of five subjects."""
    write_plain(tmp_path)
    return tmp_path


def test_pictures_come_with_masks_and_subjects(folder: Path) -> None:
    cases = list(read_cases(folder, re.compile(r"^(p\d+)_")))
    assert [case.subject for case in cases] == [f"p{subject}" for subject in range(5) for _ in range(2)]
    assert cases[0].spacing_mm is None
    for case, (image, mask, _) in zip(cases, draw_pictures(10), strict=True):
        np.testing.assert_array_equal(case.image, image)
        np.testing.assert_array_equal(case.mask, mask > 0)


def test_without_a_group_the_whole_match_is_the_subject(folder: Path) -> None:
    assert next(read_cases(folder, re.compile(r"^p\d"))).subject == "p0"


def test_without_a_pattern_every_picture_is_a_subject_and_the_user_is_warned(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert len({case.subject for case in read_cases(folder)}) == 10
    assert "--subject" in caplog.text


def test_a_name_in_which_the_pattern_finds_nothing_is_refused(folder: Path) -> None:
    with pytest.raises(DatasetError, match=r"finds nothing in p0_0\.png"):
        list(read_cases(folder, re.compile(r"^patient(\d+)")))


def test_a_missing_mask_is_named(folder: Path) -> None:
    (folder / "masks" / "p1_0.png").unlink()
    with pytest.raises(DatasetError, match=r"p1_0\.png has no mask in .*masks"):
        list(read_cases(folder, re.compile("p.")))


def test_two_pictures_of_one_name_are_refused(folder: Path) -> None:
    cv2.imwrite(str(folder / "images" / "p1_0.jpg"), np.zeros((36, 48), np.uint8))
    with pytest.raises(DatasetError, match=r"p1_0\.jpg and p1_0\.png have one name"):
        list(read_cases(folder, re.compile("p.")))


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no pictures in .*images"):
        list(read_cases(tmp_path))


@pytest.mark.parametrize("level", [1, 2, 127, 255])
def test_a_mask_may_be_stored_with_any_one_level(level: int) -> None:
    mask = np.array([[0, 1], [1, 0]], np.uint8)
    np.testing.assert_array_equal(binary(mask * level, MASK), mask > 0)


def test_a_mask_softened_by_compression_is_cut_in_the_middle() -> None:
    np.testing.assert_array_equal(binary(np.array([[3, 120, 140, 250]], np.uint8), MASK), [[False, False, True, True]])


def test_an_empty_mask_is_empty() -> None:
    assert not binary(np.zeros((2, 2), np.uint8), MASK).any()


def test_labels_of_several_structures_are_refused() -> None:
    with pytest.raises(DatasetError, match=r"mask\.png holds the levels 0 to 2; make it black and white"):
        binary(np.array([[0, 1, 2]], np.uint8), MASK)
