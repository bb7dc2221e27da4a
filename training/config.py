"""The recipe of a training run: one TOML file, checked before anything starts."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from training.errors import TrainingError

Fraction = Annotated[float, Field(ge=0, le=1)]
Multiple16 = Annotated[int, Field(ge=16, le=2048, multiple_of=16)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class AugmentationConfig(_Part):
    """How far a training picture may differ from the original. Each value is drawn uniformly up to its limit."""

    flip: Fraction = Field(0.5, description="Share of pictures mirrored left to right.")
    rotation_deg: float = Field(20, ge=0, le=180, description="Largest rotation, either way, in degrees.")
    zoom: float = Field(1.25, ge=1, le=4, description="Largest factor of enlargement, and of reduction.")
    shear: float = Field(0.1, ge=0, le=1, description="Largest sideways shift per row, in pixels.")
    shift: Fraction = Field(0.08, description="Largest shift, either way, as a share of the picture's side.")
    gamma: float = Field(1.6, ge=1, le=4, description="Largest exponent of the grey curve, and of its inverse.")
    gain: float = Field(1.3, ge=1, le=4, description="Largest factor of brightness, and of darkening.")
    blur_px: float = Field(1.0, ge=0, le=10, description="Largest standard deviation of the blur, in pixels.")
    speckle: Fraction = Field(0.15, description="Largest standard deviation of the multiplicative noise.")
    shadow: Fraction = Field(0.3, description="Share of pictures with an acoustic shadow, a dark sector from above.")


class StageConfig(_Part):
    """A run of epochs at one picture size. Its learning rate rises linearly, then falls as a cosine."""

    size: Multiple16 = Field(description="Side of the square picture, in pixels.")
    epochs: int = Field(ge=1, le=10_000, description="Passes over the training pictures.")
    batch: int = Field(8, ge=1, le=1024, description="Pictures a step.")
    learning_rate: float = Field(1e-3, gt=0, le=1, description="Highest learning rate.")
    warm_up: Fraction = Field(0.05, description="Share of the steps over which the learning rate rises.")
    phantom_share: float = Field(0, ge=0, lt=1, description="Share of the pictures of an epoch that are phantoms.")


class TrainingConfig(_Part):
    """Everything that decides how a model comes out, beside the data."""

    dataset: Literal["hc18"] = Field(description="Reader of the data set.")
    split: Path = Field(description="The file that `python -m training split` wrote, relative to this one.")
    seed: int = Field(0, ge=0, description="Decides first weights, order and augmentation.")
    policy: Literal["float32", "mixed_bfloat16"] = Field("float32", description="Numbers that Keras calculates with.")
    ema_decay: Fraction = Field(
        0.99, description="How slowly the averaged weights, which ship, follow the trained ones."
    )
    phantom_count: int = Field(300, ge=1, description="Phantoms made beforehand, where a stage asks for any.")
    augmentation: AugmentationConfig = Field(AugmentationConfig(), description="Random changes of the pictures.")
    stage: tuple[StageConfig, ...] = Field(min_length=1, description="Stages, in order; the last one's size ships.")

    @property
    def epochs(self) -> int:
        """Epochs of all stages together."""
        return sum(stage.epochs for stage in self.stage)

    @property
    def size(self) -> int:
        """Side of the square picture that the finished model takes, in pixels."""
        return self.stage[-1].size

    def is_same_recipe(self, other: TrainingConfig) -> bool:
        """Whether ``other`` differs at most in where its split lies."""
        return self.model_dump(exclude={"split"}) == other.model_dump(exclude={"split"})


def read_config(file: Path) -> TrainingConfig:
    """Read the recipe at ``file``; its split is found relative to it.

    Raises
    ------
    TrainingError
        The file is missing, is no TOML, or a key is unknown or out of range; the first fault is named.
    """
    try:
        config = TrainingConfig.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as err:
        raise TrainingError(f"cannot read the configuration {file}: {err.strerror}") from err
    except tomllib.TOMLDecodeError as err:
        raise TrainingError(f"the configuration {file} is not TOML: {err}") from err
    except ValidationError as err:
        fault = err.errors()[0]
        where = ".".join(str(part) for part in fault["loc"]) or "the file"
        raise TrainingError(f"the configuration {file} is wrong at {where}: {fault['msg']}") from err
    return config.model_copy(update={"split": (file.parent / config.split).resolve()})
