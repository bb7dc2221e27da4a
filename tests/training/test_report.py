"""What is no evaluation is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.report import read_report


def test_a_missing_evaluation_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"cannot read the evaluation .*none\.json"):
        read_report(tmp_path / "none.json")


def test_a_file_that_is_no_evaluation_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(TrainingError, match=r"a\.json is not an evaluation"):
        read_report(tmp_path / "a.json")
