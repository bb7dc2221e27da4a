"""The sentences of a card are checked before an export starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.errors import TrainingError
from training.export.card_text import read_card_text

CARDS = Path(__file__).resolve().parents[3] / "training" / "cards"


@pytest.mark.parametrize("file", sorted(CARDS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_committed_text_is_valid(file: Path) -> None:
    assert read_card_text(file).training_data


@pytest.mark.parametrize(
    ("text", "message"),
    [("version = ", "is not TOML"), ('version = "1"\n', "wrong at task"), ('verison = "1"\n', "is wrong at")],
)
def test_a_wrong_text_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_card_text(tmp_path / "a.toml")


def test_a_missing_text_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="pass --card"):
        read_card_text(tmp_path / "none.toml")
