"""No subject is in two parts, and the committed split is what it claims to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.data.split import Split, SplitRequest, draw_split, make_split, read_split, write_split
from training.datasets import hc18
from training.errors import TrainingError

COMMITTED = Path(__file__).resolve().parents[3] / "training" / "splits" / "us-fetal-head.json"


@settings(deadline=None)
@given(st.sets(st.integers(0, 999), min_size=5, max_size=60), st.integers(0, 99), st.data())
def test_every_subject_is_in_exactly_one_part(numbers: set[int], seed: int, data: st.DataObject) -> None:
    subjects = [f"{number:03}" for number in numbers]
    test = data.draw(st.integers(1, len(subjects) - 2))
    validation = data.draw(st.integers(1, len(subjects) - test - 1))
    split = make_split("hc18", subjects, seed=seed, validation=validation, test=test)
    assert sorted((*split.train, *split.validation, *split.test)) == sorted(subjects)
    assert (len(split.validation), len(split.test)) == (validation, test)


def test_the_seed_decides_and_the_order_of_the_subjects_does_not() -> None:
    subjects = [f"{number:03}" for number in range(30)]
    split = make_split("hc18", subjects, seed=1, validation=3, test=5)
    assert make_split("hc18", subjects[::-1], seed=1, validation=3, test=5) == split
    assert make_split("hc18", subjects, seed=2, validation=3, test=5) != split


def test_a_split_survives_its_file(tmp_path: Path) -> None:
    split = make_split("hc18", ["000", "001", "002", "003"], seed=1, validation=1, test=1)
    write_split(split, tmp_path / "new" / "split.json")
    assert read_split(tmp_path / "new" / "split.json") == split


@pytest.mark.parametrize(
    ("test", "message"),
    [(["002"], "in more than one part: 002"), (["004", "004"], "subjects listed twice: 004")],
)
def test_a_subject_that_is_there_twice_is_named(tmp_path: Path, test: list[str], message: str) -> None:
    parts = {"train": ["001", "002"], "validation": ["003"], "test": test}
    file = tmp_path / "split.json"
    file.write_text(json.dumps({"dataset": "hc18", "seed": 0, **parts}))
    with pytest.raises(TrainingError, match=message):
        read_split(file)


def test_a_missing_split_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="python -m training prepare"):
        read_split(tmp_path / "none.json")


def test_a_split_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match=r"cannot write the split .*split\.json"):
        write_split(make_split("hc18", ["000"], seed=0, validation=1, test=0), tmp_path / "file" / "split.json")


def test_nobody_need_be_left_to_train_on() -> None:
    assert make_split("hc18", ["000", "001", "002"], seed=0, validation=1, test=2).train == ()


def test_more_subjects_than_there_are_cannot_be_drawn() -> None:
    with pytest.raises(TrainingError, match="3 subjects cannot be split into 2 for validation and 2 for test"):
        make_split("hc18", ["000", "001", "002"], seed=0, validation=2, test=2)


@pytest.mark.parametrize(
    ("request_", "sizes"),
    [
        (SplitRequest(), (14, 2, 4)),
        (SplitRequest(validation=5), (11, 5, 4)),
        (SplitRequest(test=0), (18, 2, 0)),
        (SplitRequest(validation=0, test=20), (0, 0, 20)),
    ],
)
def test_a_tenth_and_a_fifth_are_drawn_unless_told_otherwise(
    request_: SplitRequest, sizes: tuple[int, int, int]
) -> None:
    split = draw_split("hc18", [f"{number:03}" for number in range(20)], request_)
    assert (len(split.train), len(split.validation), len(split.test)) == sizes


def test_every_subject_has_its_part_and_others_have_none() -> None:
    split = Split(dataset="hc18", seed=0, train=("a",), validation=("b",), test=("c",))
    assert [split.part_of(subject) for subject in "abcd"] == ["train", "validation", "test", None]
    assert split.all_subjects() == {"a", "b", "c"}


def test_the_committed_split_tests_on_at_least_100_examinations() -> None:
    split = read_split(COMMITTED)
    assert len(split.test) >= 100
    assert 0.08 <= len(split.validation) / len(split.all_subjects()) <= 0.12


def test_the_committed_split_is_the_one_that_its_seed_draws_from_hc18(shared_data: Path) -> None:
    split = read_split(COMMITTED)
    files = (shared_data / "us" / "hc18" / "images").glob("*.png")
    subjects = sorted({hc18.subject_of(file) for file in files})
    sizes = {"validation": len(split.validation), "test": len(split.test)}
    assert split == make_split("hc18", subjects, seed=split.seed, **sizes)
