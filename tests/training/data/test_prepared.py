"""A prepared folder gives back what was written, and tells when it is not whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.case import Case
from training.data.prepared import DatasetInfo, Prepared, write_prepared
from training.data.split import Split, make_split
from training.errors import DatasetError, TrainingError

GREY = DatasetInfo(name="heads", modality="US", unit="grey", licence="MIT", citation="none")
HU = GREY.model_copy(update={"modality": "CT", "unit": "hu"})


def case_of(name: str = "a", **changes: object) -> Case:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4)
    values = {"subject": "s1", "image": image, "mask": image > 5, "spacing_mm": 0.1234567890123}
    return Case(name, **(values | changes))


@pytest.fixture
def prepared(tmp_path: Path) -> Prepared:
    """Prepare three pictures of two subjects."""
    cases = [case_of("a"), case_of("b", subject="s2", spacing_mm=None), case_of("c", circumference_mm=99.5)]
    return write_prepared(tmp_path / "out", GREY, cases)


def test_cases_come_back_as_they_were_in_their_order(prepared: Prepared) -> None:
    first, second, third = Prepared.open(prepared.path).cases()
    assert (first.name, first.subject, first.spacing_mm) == ("a", "s1", 0.1234567890123)
    assert (second.spacing_mm, second.circumference_mm) == (None, None)
    assert third.circumference_mm == 99.5
    for case in (first, second, third):
        np.testing.assert_array_equal(case.image, case_of().image)
        np.testing.assert_array_equal(case.mask, case_of().mask)


def test_only_the_subjects_asked_for_are_read(prepared: Prepared) -> None:
    assert prepared.subjects() == ("s1", "s2")
    assert [case.name for case in prepared.cases(["s1"])] == ["a", "c"]
    assert list(prepared.cases([])) == []


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(-1024, 32767), min_size=6, max_size=6))
def test_densities_come_back_exactly(tmp_path_factory: pytest.TempPathFactory, densities: list[int]) -> None:
    image = np.array(densities, np.int16).reshape(2, 3)
    out = tmp_path_factory.mktemp("hu")
    write_prepared(out, HU, [case_of(image=image, mask=image > 0, unit="hu")])
    (case,) = Prepared.open(out).cases()
    assert (case.unit, case.image.dtype) == ("hu", np.int16)
    np.testing.assert_array_equal(case.image, image)


def test_densities_below_air_become_the_lowest_that_is_kept(tmp_path: Path) -> None:
    image = np.array([[-3024, 40]], np.int16)
    write_prepared(tmp_path, HU, [case_of(image=image, mask=image > 0, unit="hu")])
    assert next(Prepared.open(tmp_path).cases()).image.tolist() == [[-1024, 40]]


def test_a_folder_that_was_left_half_written_is_told_from_one_that_is_whole(tmp_path: Path) -> None:
    def broken() -> Iterator[Case]:
        yield case_of()
        raise DatasetError("the second picture is broken")

    with pytest.raises(DatasetError, match="second picture"):
        write_prepared(tmp_path / "out", GREY, broken())
    with pytest.raises(DatasetError, match="half-written, remove it"):
        Prepared.open(tmp_path / "out")


def test_a_folder_that_was_never_prepared_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"has no dataset\.json: make it with `python -m training prepare`"):
        Prepared.open(tmp_path)


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("kept")
    with pytest.raises(TrainingError, match="not an empty folder"):
        write_prepared(tmp_path, GREY, [case_of()])
    with pytest.raises(TrainingError, match="not an empty folder"):
        write_prepared(tmp_path / "thesis.txt", GREY, [case_of()])
    assert (tmp_path / "thesis.txt").read_text() == "kept"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match=r"cannot make the folder .*out"):
        write_prepared(tmp_path / "file" / "out", GREY, [case_of()])


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (case_of("../a"), "cannot be a file name"),
        (case_of("a "), "cannot be a file name"),
        (case_of(unit="hu"), "a is in unit hu, the data set heads in grey"),
        (case_of(mask=np.zeros((3, 5), bool)), r"mask of a is \(3, 5\) .* picture \(3, 4\)"),
        (case_of(spacing_mm=0.0), "pixels of a cannot be 0.0 mm apart"),
        (case_of(spacing_mm=float("nan")), "pixels of a cannot be nan mm apart"),
    ],
)
def test_a_case_that_could_not_be_read_back_is_refused(tmp_path: Path, case: Case, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        write_prepared(tmp_path, GREY, [case])


def test_two_pictures_whose_names_differ_only_in_capitals_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="two pictures of heads are called A"):
        write_prepared(tmp_path, GREY, [case_of("a"), case_of("A")])


def test_a_data_set_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="the data set heads is empty"):
        write_prepared(tmp_path, GREY, [])


def test_the_split_is_kept_with_the_data(prepared: Prepared, tmp_path: Path) -> None:
    split = make_split("heads", prepared.subjects(), seed=0, validation=1, test=1)
    prepared.keep_split(split)
    assert Prepared.open(prepared.path).split() == split
    assert write_prepared(tmp_path / "copy", GREY, prepared.cases(), split).split() == split


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dataset": "knees"}, "the split is of knees, .* holds heads"),
        ({"test": ("s3",)}, "the split names 1 subjects that .* does not hold, s3 for one"),
    ],
)
def test_the_split_of_other_data_is_refused(prepared: Prepared, changes: dict, message: str) -> None:
    split = Split(**({"dataset": "heads", "seed": 0, "train": ["s1"], "validation": ["s2"], "test": []} | changes))
    with pytest.raises(DatasetError, match=message):
        prepared.keep_split(split)


def test_a_missing_split_names_the_command(prepared: Prepared) -> None:
    with pytest.raises(TrainingError, match=r"split\.json: .*; `python -m training prepare` makes one"):
        prepared.split()


@pytest.mark.parametrize("part", ["images", "masks"])
def test_a_picture_that_was_cut_short_or_lost_is_named(prepared: Prepared, part: str) -> None:
    file = prepared.path / part / "b.png"
    file.write_bytes(file.read_bytes()[:50])
    with pytest.raises(DatasetError, match=rf"{part}.b\.png: not a picture, or cut short"):
        list(prepared.cases())
    file.unlink()
    with pytest.raises(DatasetError, match=rf"{part}.b\.png: No such file"):
        list(prepared.cases())


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("name,subject\na,s1\n", "is not the table of a prepared data set"),
        ("name,subject,spacing_mm,circumference_mm\na,s1,wide,\n", "is not the table of a prepared data set"),
        ("name,subject,spacing_mm,circumference_mm\na,s1,,\na,s2,,\n", "lists a picture twice"),
    ],
)
def test_a_broken_table_is_named(prepared: Prepared, table: str, message: str) -> None:
    (prepared.path / "cases.csv").write_text(table)
    with pytest.raises(DatasetError, match=rf"cases\.csv.* {message}"):
        Prepared.open(prepared.path)


def test_facts_in_another_form_are_named(prepared: Prepared) -> None:
    (prepared.path / "dataset.json").write_text(json.dumps({"name": "heads"}))
    with pytest.raises(DatasetError, match=r"dataset\.json is wrong: Field required"):
        Prepared.open(prepared.path)
