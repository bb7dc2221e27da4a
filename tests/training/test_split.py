"""No subject is in two parts, and the committed split is what it claims to be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.datasets import hc18
from training.errors import TrainingError
from training.split import make_split, read_split, write_split

COMMITTED = Path(__file__).resolve().parents[2] / "training" / "splits" / "us-fetal-head.json"


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


def test_a_subject_in_two_parts_is_named(tmp_path: Path) -> None:
    parts = {"train": ["001", "002"], "validation": ["003"], "test": ["002"]}
    file = tmp_path / "split.json"
    file.write_text(json.dumps({"dataset": "hc18", "seed": 0, **parts}))
    with pytest.raises(TrainingError, match="more than one part: 002"):
        read_split(file)


def test_a_missing_split_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="python -m training split"):
        read_split(tmp_path / "none.json")


def test_a_split_that_leaves_nothing_to_train_on_is_refused() -> None:
    with pytest.raises(TrainingError, match="ask for fewer"):
        make_split("hc18", ["000", "001", "002"], seed=0, validation=1, test=2)


def test_the_committed_split_tests_on_at_least_100_examinations() -> None:
    split = read_split(COMMITTED)
    assert len(split.test) >= 100
    assert 0.08 <= len(split.validation) / (len(split.train) + len(split.validation) + len(split.test)) <= 0.12


def test_the_committed_split_is_the_one_that_its_seed_draws_from_hc18(shared_data: Path) -> None:
    split = read_split(COMMITTED)
    subjects = hc18.list_subjects(shared_data / "us" / "hc18")
    assert split == make_split(
        "hc18", subjects, seed=split.seed, validation=len(split.validation), test=len(split.test)
    )
