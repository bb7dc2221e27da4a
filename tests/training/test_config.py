"""A recipe is checked before anything starts, and the committed ones are valid."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from training.config import BRAIN_WINDOW, AugmentationConfig, StageConfig, TrainingConfig, read_config
from training.errors import TrainingError

CONFIGS = Path(__file__).resolve().parents[2] / "training" / "configs"
MINIMAL = 'modality = "US"\nsplit = "split.json"\n[[stage]]\nsize = 32\nepochs = 2\n'


def config(**values: Any) -> TrainingConfig:
    return TrainingConfig.model_validate({"modality": "US", "stage": [{"size": 32, "epochs": 2}], **values})


@pytest.mark.parametrize("file", sorted(CONFIGS.glob("*.toml")), ids=lambda file: file.stem)
def test_every_committed_recipe_is_valid_and_a_split_that_it_names_exists(file: Path) -> None:
    recipe = read_config(file)
    assert recipe.split is None or recipe.split.is_file()


def test_the_studys_recipe_is_the_studys() -> None:
    recipe = read_config(CONFIGS / "study.toml")
    (stage,) = recipe.stage
    assert (recipe.batch_norm, recipe.loss, recipe.keep_every) == (False, "binary_cross_entropy", 5)
    assert (stage.batch, stage.epoch_pictures, stage.epochs, stage.balance) == (16, 5000, 144, "duplicate")
    assert (stage.schedule, stage.ema_decay, stage.warm_up) == ("constant", 0, 0)
    assert stage.augmentation == AugmentationConfig(
        flip=0.5, rotation_deg=40, shear=0.0699, zoom=(0.8, 1.5), gain=(0.3, 1.8), elastic=20, elastic_sigma_px=3
    )


def test_data_and_split_are_found_beside_the_recipe(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('data = "d"\n' + MINIMAL)
    recipe = read_config(tmp_path / "a.toml")
    assert (recipe.data, recipe.split) == ((tmp_path / "d").resolve(), (tmp_path / "split.json").resolve())
    assert (recipe.size, recipe.epochs) == (32, 2)


def test_what_stands_at_the_top_holds_for_every_stage_that_says_nothing_else() -> None:
    recipe = config(
        ema_decay=0.5,
        batch=3,
        stage=[{"size": 32, "epochs": 2}, {"size": 48, "epochs": 1, "ema_decay": 0.9}],
    )
    assert [(stage.ema_decay, stage.batch) for stage in recipe.stage] == [(0.5, 3), (0.9, 3)]


def test_a_stage_overrides_single_changes_of_the_common_augmentation() -> None:
    recipe = config(
        augmentation={"flip": 0.5, "zoom": 1.2},
        stage=[{"size": 32, "epochs": 2}, {"size": 32, "epochs": 1, "augmentation": {"zoom": 1.5}}],
    )
    first, second = (stage.augmentation for stage in recipe.stage)
    assert (first.flip, first.zoom) == (0.5, 1.2)
    assert (second.flip, second.zoom) == (0.5, 1.5)


def test_a_recipe_survives_its_file() -> None:
    recipe = config(augmentation={"zoom": [0.8, 1.5]}, stage=[{"size": 32, "epochs": 2, "augmentation": {"flip": 1}}])
    assert TrainingConfig.model_validate_json(recipe.model_dump_json()) == recipe


def test_ct_is_seen_in_the_brain_window_and_ultrasound_as_it_is_displayed() -> None:
    assert config(modality="CT").input_spec().window == BRAIN_WINDOW
    assert config().input_spec().window is None
    assert config(modality="CT", region="skull").input_spec().region == "skull"
    assert config().input_spec().size == (32, 32)
    assert config().input_spec(64).size == (64, 64)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "colour = 1\n", "wrong at stage.0.colour: Extra inputs"),
        ("colour = 1\n" + MINIMAL, "wrong at colour: Extra inputs"),
        (MINIMAL + "[stage.augmentation]\nsmear = 1\n", "wrong at stage.0.augmentation.smear: Extra inputs"),
        (MINIMAL + "[stage.augmentation]\nzoom = [2, 1]\n", "lower bound 2.0 is above the upper one 1.0"),
        (MINIMAL.replace("size = 32", "size = 40"), "wrong at stage.0.size"),
        (MINIMAL + "crop = 64\n", "crop = 64 is larger than the picture, size = 32"),
        (MINIMAL.replace("US", "MR"), "wrong at modality"),
        (MINIMAL.replace("US", "CT") + "phantom_share = 0.1\n", "phantom_share mixes ultrasound in"),
        ('region = "skull"\n' + MINIMAL, "region = 'skull' is for CT"),
        ('network = "fast"\nstart = "us-fetal-head"\n' + MINIMAL, "start goes on with the study's U-Net"),
        (MINIMAL.replace("[[stage]]", "[[stage"), "is not TOML"),
        ('modality = "US"\n', "wrong at stage: Field required"),
        ('modality = "US"\nstage = 3\n', "wrong at stage"),
        ('modality = "US"\nstage = [3]\n', "wrong at stage.0"),
    ],
)
def test_a_wrong_recipe_names_the_key(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.toml").write_text(text)
    with pytest.raises(TrainingError, match=message):
        read_config(tmp_path / "a.toml")


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_a_recipe_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "none.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TrainingError, match=r"configuration .*none\.toml"):
        read_config(file)


def test_the_place_of_data_and_split_does_not_make_another_recipe() -> None:
    elsewhere = config().model_copy(update={"split": Path("elsewhere.json"), "data": Path("there")})
    assert config().is_same_recipe(elsewhere)
    assert not config().is_same_recipe(config(seed=9))


@pytest.mark.parametrize("model", [AugmentationConfig, StageConfig, TrainingConfig])
def test_every_key_has_a_sentence(model: type[BaseModel]) -> None:
    assert all((field.description or "").endswith(".") for field in model.model_fields.values())


def test_a_fast_network_needs_sizes_that_its_squares_and_levels_divide() -> None:
    shape = {"patch": 8, "filters": [8, 8, 8, 8]}
    assert config(network="fast", fast=shape, stage=[{"size": 64, "epochs": 1}]).fast.multiple == 64
    with pytest.raises(ValueError, match="size 96 is no multiple of 64"):
        config(network="fast", fast=shape, stage=[{"size": 96, "epochs": 1}])


def test_a_fast_network_has_no_deep_supervision() -> None:
    with pytest.raises(ValueError, match="leave deep_supervision out"):
        config(network="fast", deep_supervision=True)


@pytest.mark.parametrize("key", ["teacher", "start"])
def test_another_model_is_a_file_beside_the_recipe_or_else_a_name(tmp_path: Path, key: str) -> None:
    (tmp_path / "model.onnx").touch()
    for model, found in (("model.onnx", str(tmp_path / "model.onnx")), ("us-fetal-head", "us-fetal-head")):
        (tmp_path / "a.toml").write_text(f'{key} = "{model}"\n' + MINIMAL)
        assert getattr(read_config(tmp_path / "a.toml"), key) == found
