"""A recipe is checked before anything starts, and the committed ones are valid."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from training.config import AugmentationConfig, StageConfig, TrainingConfig, read_config
from training.errors import TrainingError

CONFIGS = Path(__file__).resolve().parents[2] / "training" / "configs"
MINIMAL = 'dataset = "hc18"\nsplit = "split.json"\n[[stage]]\nsize = 32\nepochs = 2\n'


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_committed_recipe_is_valid_and_its_split_exists(file: Path) -> None:
    assert read_config(file).split.is_file()


def test_the_split_is_found_beside_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(MINIMAL)
    config = read_config(tmp_path / "a.toml")
    assert config.split == (tmp_path / "split.json").resolve()
    assert (config.size, config.epochs) == (32, 2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "colour = 1\n", "wrong at stage.0.colour: Extra inputs"),
        (MINIMAL.replace("size = 32", "size = 40"), "wrong at stage.0.size"),
        (MINIMAL.replace("hc18", "other"), "wrong at dataset"),
        (MINIMAL.replace("[[stage]]", "[[stage"), "is not TOML"),
        ('dataset = "hc18"\nsplit = "s"\n', "wrong at stage: Field required"),
    ],
)
def test_a_wrong_recipe_names_the_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_config(tmp_path / "a.toml")


def test_a_missing_recipe_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"cannot read the configuration .*none\.toml"):
        read_config(tmp_path / "none.toml")


def test_the_place_of_the_split_does_not_make_another_recipe(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(MINIMAL)
    config = read_config(tmp_path / "a.toml")
    assert config.is_same_recipe(config.model_copy(update={"split": Path("elsewhere.json")}))
    assert not config.is_same_recipe(config.model_copy(update={"seed": 9}))


@pytest.mark.parametrize("model", [AugmentationConfig, StageConfig, TrainingConfig])
def test_every_key_has_a_sentence(model: type[BaseModel]) -> None:
    assert all((field.description or "").endswith(".") for field in model.model_fields.values())
