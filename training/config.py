"""The recipe of a training run: one TOML file, checked before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streamseg.model_card import InputSpec, MaskRule, Window
from training.augmentation.limits import AugmentationConfig
from training.errors import TrainingError

BRAIN_WINDOW = Window(centre_hu=40, width_hu=120)
"""The study's window."""

Share = Annotated[float, Field(ge=0, le=1)]
Multiple16 = Annotated[int, Field(ge=16, le=2048, multiple_of=16)]
Policy = Literal["float32", "mixed_bfloat16", "mixed_float16"]
LossName = Literal["binary_cross_entropy", "dice_and_cross_entropy", "pooled_dice_and_cross_entropy", "focal_tversky"]
ScoreName = Literal["mean_dice", "pooled_dice"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class FastConfig(_Part):
    """The knobs of the fast network."""

    patch: Literal[2, 4, 8] = Field(4, description="Side of the squares that it works on as one place, in pixels.")
    filters: tuple[Annotated[int, Field(ge=8, le=512)], ...] = Field(
        (16, 32, 64, 128), min_length=1, max_length=6, description="Filters of each level, the finest first."
    )
    convolutions: int = Field(2, ge=1, le=4, description="3x3 convolutions a level on the way down; one on the way up.")

    @property
    def multiple(self) -> int:
        """What the side of a picture must be a multiple of, in pixels."""
        return int(self.patch * 2 ** (len(self.filters) - 1))


class StageConfig(_Part):
    """A run of epochs at one picture size."""

    size: Multiple16 = Field(description="Side of the square picture, in pixels.")
    epochs: int = Field(ge=1, le=10_000, description="Epochs of the stage.")
    crop: Multiple16 | None = Field(None, description="Side of the window cut out of each picture to train on.")
    batch: int = Field(8, ge=1, le=1024, description="Pictures a step.")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Highest learning rate.")
    warm_up: Share = Field(0.05, description="Share of the steps over which the learning rate rises.")
    schedule: Literal["cosine", "constant"] = Field("cosine", description="The learning rate after the warm-up.")
    ema_decay: Share = Field(0.99, description="How slowly the averaged weights, which ship, follow; 0: no average.")
    epoch_pictures: int | None = Field(None, ge=1, description="Pictures an epoch; all of them once where not given.")
    balance: Literal["none", "duplicate"] = Field(
        "none", description="Whether pictures with the structure are duplicated until as many as those without."
    )
    phantom_share: float = Field(0, ge=0, lt=1, description="Share of an epoch's pictures that are phantoms (US).")
    augmentation: AugmentationConfig = Field(AugmentationConfig(), description="Random changes of the pictures.")

    @model_validator(mode="after")
    def _check_crop(self) -> Self:
        if self.crop is not None and self.crop > self.size:
            raise ValueError(f"crop = {self.crop} is larger than the picture, size = {self.size}")
        return self


class TrainingConfig(_Part):
    """Everything that decides how a model comes out, beside the data.

    A key of a stage may also stand at the top, for all stages that do not give it themselves; of ``augmentation`` that
    holds for each of its keys.
    """

    modality: Literal["US", "CT"] = Field(description="What the data set must hold; CT is seen in the brain window.")
    data: Path | None = Field(None, description="The prepared data set, relative to this file.")
    split: Path | None = Field(None, description="Its split, relative to this file; the data set's own if not given.")
    seed: int = Field(0, ge=0, description="Decides first weights, order and augmentation.")
    region: Literal["whole", "skull"] = Field("whole", description="What of each picture is seen; skull: CT only.")
    start: str | None = Field(
        None, description="A model to go on from: a bundled one's name, or a file relative to this one."
    )
    network: Literal["unet", "fast"] = Field("unet", description="The study's U-Net, or a fast one of the table fast.")
    fast: FastConfig = Field(FastConfig(), description="The shape of the fast network.")
    teacher: str | None = Field(
        None, description="A model to learn from too: a bundled one's name, or a file relative to this one."
    )
    teacher_share: Share = Field(0.5, description="What the teacher's probabilities weigh beside the masks.")
    policy: Policy = Field("float32", description="Numbers that Keras calculates with.")
    batch_norm: bool = Field(default=True, description="Whether to train with batch normalisation, folded at export.")
    deep_supervision: bool = Field(default=False, description="Whether coarser levels learn from the mask too.")
    loss: LossName = Field("dice_and_cross_entropy", description="What training minimises.")
    weight_bits: Literal[16, 32] = Field(32, description="Bits for a weight that ships; 16 halve the file.")
    phantom_count: int = Field(300, ge=1, description="Phantoms made beforehand, where a stage asks for any.")
    choose_by: ScoreName = Field("mean_dice", description="Validation score that chooses epoch and threshold.")
    mask: MaskRule = Field(MaskRule(), description="Which parts of a mask count, for the card.")
    validation_pictures: int | None = Field(None, ge=1, description="Most validation pictures, evenly spread.")
    keep_every: int | None = Field(None, ge=1, description="Keep the weights of every so many epochs.")
    stage: tuple[StageConfig, ...] = Field(min_length=1, description="Stages, in order; the last one's size ships.")

    @model_validator(mode="before")
    @classmethod
    def _share_among_stages(cls, values: Any) -> Any:
        """Move what stands at the top for all stages into each of them."""
        if not isinstance(values, dict) or not isinstance(values.get("stage"), list | tuple):
            return values
        common = {key: value for key, value in values.items() if key in StageConfig.model_fields}
        own = {key: value for key, value in values.items() if key not in common}
        return {**own, "stage": [_with_defaults(stage, common) for stage in values["stage"]]}

    @model_validator(mode="after")
    def _check_phantoms(self) -> Self:
        if self.modality != "US" and any(stage.phantom_share for stage in self.stage):
            raise ValueError("phantom_share mixes ultrasound in; prepare CT with `python -m training phantom ct`")
        return self

    @model_validator(mode="after")
    def _check_region(self) -> Self:
        if self.region == "skull" and self.modality != "CT":
            raise ValueError("region = 'skull' is for CT: leave it out")
        return self

    @model_validator(mode="after")
    def _check_fast(self) -> Self:
        if self.network != "fast":
            return self
        if self.start is not None:
            raise ValueError("start goes on with the study's U-Net: leave it out, or network = 'fast'")
        if self.deep_supervision:
            raise ValueError("the fast network has one output: leave deep_supervision out")
        multiple = self.fast.multiple
        if wrong := [stage.size for stage in self.stage if stage.size % multiple]:
            raise ValueError(f"size {wrong[0]} is no multiple of {multiple}, which patch and filters of fast ask for")
        return self

    @property
    def epochs(self) -> int:
        """Epochs of all stages together."""
        return sum(stage.epochs for stage in self.stage)

    @property
    def size(self) -> int:
        """Side of the square picture that the finished model takes, in pixels."""
        return self.stage[-1].size

    def end_of(self, number: int) -> int:
        """Return the epoch after the last one of stage ``number``."""
        return sum(stage.epochs for stage in self.stage[: number + 1])

    def input_spec(self, size: int | None = None) -> InputSpec:
        """Return what the network takes at side ``size``; the finished model where that is None."""
        side = size or self.size
        window = BRAIN_WINDOW if self.modality == "CT" else None
        return InputSpec(height=side, width=side, window=window, region=self.region)

    def is_same_recipe(self, other: TrainingConfig) -> bool:
        """Whether ``other`` differs at most in where data, split, teacher and start lie."""
        paths = {"data", "split", "teacher", "start"}
        return self.model_dump(exclude=paths) == other.model_dump(exclude=paths)


def _with_defaults(stage: Any, common: dict[str, Any]) -> Any:
    if not isinstance(stage, dict):
        return stage
    merged = {**common, **stage}
    parts = (common.get("augmentation"), stage.get("augmentation"))
    if all(isinstance(part, dict) for part in parts):
        merged["augmentation"] = {**common["augmentation"], **stage["augmentation"]}
    return merged


def read_config(file: Path) -> TrainingConfig:
    """Read the recipe at ``file``; data, split, and teacher and start that are files, are found relative to it.

    Raises
    ------
    TrainingError
        The file is missing, is no TOML, or a key is unknown or out of range; the first fault is named.
    """
    try:
        config = TrainingConfig.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as err:
        raise TrainingError(f"cannot read the configuration {file}: {err.strerror}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise TrainingError(f"the configuration {file} is not TOML: {err}") from err
    except ValidationError as err:
        fault = err.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise TrainingError(f"the configuration {file} is wrong at {where}: {fault['msg']}") from err
    paths: dict[str, Any] = {
        key: (file.parent / path).resolve() for key in ("data", "split") if (path := getattr(config, key))
    }
    for key in ("teacher", "start"):
        if (name := getattr(config, key)) and (file.parent / name).exists():
            paths[key] = str((file.parent / name).resolve())
    return config.model_copy(update=paths)
