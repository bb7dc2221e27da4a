"""`prepare` brings each layout into one form, with a split that nobody is in twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.support.tiny_datasets import (
    EXAMINATIONS,
    write_hc18_as_published,
    write_hssayeni_jpeg,
    write_hssayeni_nifti,
    write_mbhseg25,
    write_plain,
)
from training.cli import commands
from training.data.prepared import Prepared
from training.data.split import make_split, write_split
from training.errors import DatasetError


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(commands, ["prepare", *map(str, arguments)])


def prepare(*arguments: str | Path) -> str:
    result = invoke(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def write_nifti(folder: Path) -> None:
    rng = np.random.default_rng(3)
    write_hssayeni_nifti(
        folder, {f"{n:03}": rng.integers(-100, 200, (9, 8, 3)).astype(np.int16) for n in range(49, 54)}
    )


@pytest.mark.parametrize(
    ("name", "write", "pictures"),
    [
        ("hc18", write_hc18_as_published, 3),
        ("hssayeni", write_hssayeni_jpeg, 10),
        ("hssayeni", write_nifti, 15),
        ("mbhseg25", write_mbhseg25, 8),
        ("folder", write_plain, 10),
    ],
)
def test_each_layout_becomes_a_prepared_folder(
    tmp_path: Path, name: str, write: Callable[[Path], None], pictures: int
) -> None:
    write(tmp_path / "source")
    assert f"{pictures} pictures" in prepare(name, tmp_path / "source", "--out", tmp_path / "out")
    prepared = Prepared.open(tmp_path / "out")
    assert prepared.info.name == name
    assert len(list(prepared.cases())) == pictures
    assert prepared.split().all_subjects() == set(prepared.subjects())


def test_the_split_has_the_sizes_asked_for_and_the_seed_decides(tiny_hc18: Path, tmp_path: Path) -> None:
    sizes = ["--validation", "3", "--test", "4"]
    text = prepare("hc18", tiny_hc18, "--out", tmp_path / "a", *sizes, "--seed", "1")
    assert f"examinations: {EXAMINATIONS - 7} for train, 3 for validation, 4 for test" in text
    prepare("hc18", tiny_hc18, "--out", tmp_path / "b", *sizes, "--seed", "1")
    prepare("hc18", tiny_hc18, "--out", tmp_path / "c", *sizes, "--seed", "2")
    first, same, other = (Prepared.open(tmp_path / name).split() for name in "abc")
    assert first == same
    assert first.test != other.test


def test_a_split_that_is_given_is_used_as_it_is(tiny_hc18: Path, tmp_path: Path) -> None:
    split = make_split("hc18", [f"{number:03}" for number in range(EXAMINATIONS)], seed=9, validation=1, test=5)
    write_split(split, tmp_path / "split.json")
    prepare("hc18", tiny_hc18, "--out", tmp_path / "out", "--split", tmp_path / "split.json")
    assert Prepared.open(tmp_path / "out").split() == split


def test_a_split_and_sizes_at_once_are_refused(tiny_hc18: Path, tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text("{}")
    result = invoke("hc18", tiny_hc18, "--out", tmp_path / "o", "--split", tmp_path / "split.json", "--test", "1")
    assert result.exit_code == 2
    assert "leave out --validation and --test" in result.output
    assert not (tmp_path / "o").exists()


def test_the_studys_hold_out_is_refused_beside_another_test_part_and_where_nobody_fits(tmp_path: Path) -> None:
    write_hssayeni_jpeg(tmp_path / "source", slices=(32, 31, 32, 32))
    source = tmp_path / "source"
    assert "0 for train, 0 for validation, 4 for test" in prepare(
        "hssayeni", source, "--out", tmp_path / "out", "--study", "--validation", "0"
    )
    result = invoke("hssayeni", source, "--out", tmp_path / "other", "--study", "--test", "1")
    assert result.exit_code == 2
    assert "--study decides the test part" in result.output


def test_what_is_known_of_a_plain_folder_is_kept_and_its_subjects_are_found(tmp_path: Path) -> None:
    write_plain(tmp_path / "source")
    facts = ["--name", "liver", "--modality", "CT", "--licence", "MIT", "--citation", "us"]
    prepare("folder", tmp_path / "source", "--out", tmp_path / "out", "--subject", r"^(p\d+)_", *facts)
    prepared = Prepared.open(tmp_path / "out")
    assert (prepared.info.name, prepared.info.modality) == ("liver", "CT")
    assert prepared.subjects() == ("p0", "p1", "p2", "p3", "p4")
    assert prepared.split().dataset == "liver"


def test_a_pattern_that_is_none_is_refused(tmp_path: Path) -> None:
    result = invoke("folder", tmp_path, "--out", tmp_path / "out", "--subject", "(")
    assert result.exit_code == 2
    assert "no regular expression" in result.output


def test_copies_in_different_parts_are_told(tmp_path: Path) -> None:
    write_plain(tmp_path / "source")
    image = cv2.imread(str(tmp_path / "source" / "images" / "p0_0.png"))
    for subject in range(1, 5):
        cv2.imwrite(str(tmp_path / "source" / "images" / f"p{subject}_0.png"), image)
    text = prepare("folder", tmp_path / "source", "--out", tmp_path / "out", "--subject", "^p.")
    assert "pairs of pictures in different parts are nearly alike" in text


def test_a_broken_picture_ends_it_by_name(tmp_path: Path) -> None:
    write_plain(tmp_path / "source")
    (tmp_path / "source" / "images" / "p3_1.png").write_bytes(b"")
    result = invoke("folder", tmp_path / "source", "--out", tmp_path / "out", "--subject", "^p.")
    assert isinstance(result.exception, DatasetError)
    assert "p3_1.png" in str(result.exception)
