"""The sentences of a model card, which a person writes; figures, digests and the golden frame are added at export."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streamseg.model_card import DataSet, MeasurementKind, Structure
from training.errors import TrainingError


class CardText(BaseModel):
    """What to say about a model; see `streamseg.model_card.ModelCard` for each field."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str = Field(min_length=1, description="Version of the weights, not of streamseg.")
    task: str = Field(min_length=1, description="What the model outlines, in which pictures.")
    modality: Literal["US", "CT"]
    structure: Structure
    measurements: tuple[MeasurementKind, ...] = Field(("area",), description="What is measured on a mask.")
    licence: str = Field(min_length=1, description="Licence of the weights.")
    training_data: tuple[DataSet, ...] = Field(min_length=1, description="With what their licences ask to be said.")
    intended_use: str = Field(min_length=1, description="What the model is for.")
    limits: str = Field(min_length=1, description="Where it must be expected to fail.")


def read_card_text(file: Path) -> CardText:
    """Read the TOML at ``file``.

    Raises
    ------
    TrainingError
        The file is missing, is no TOML, or a key is missing or unknown; the first fault is named.
    """
    try:
        return CardText.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as err:
        raise TrainingError(f"cannot read the text of the model card {file}: {err.strerror}; pass --card") from err
    except tomllib.TOMLDecodeError as err:
        raise TrainingError(f"the text of the model card {file} is not TOML: {err}") from err
    except ValidationError as err:
        fault = err.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise TrainingError(f"the text of the model card {file} is wrong at {where}: {fault['msg']}") from err
