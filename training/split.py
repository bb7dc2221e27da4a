"""The split into training, validation and test: by subject, made once, kept in a file.

A patient of whom one picture is trained on and another one tested makes a result look better than it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from training.errors import TrainingError

Part = Literal["train", "validation", "test"]


class Split(BaseModel):
    """Which subjects (patients, examinations) belong to which part. No subject is in two."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dataset: str
    seed: int
    train: tuple[str, ...]
    validation: tuple[str, ...]
    test: tuple[str, ...]

    @model_validator(mode="after")
    def _check_leakage(self) -> Self:
        parts = (set(self.train), set(self.validation), set(self.test))
        leaked = (parts[0] & parts[1]) | (parts[0] & parts[2]) | (parts[1] & parts[2])
        if leaked:
            raise ValueError(f"subjects in more than one part: {', '.join(sorted(leaked))}")
        return self

    def subjects(self, part: Part) -> tuple[str, ...]:
        """Return the subjects of ``part``."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        return parts[part]


def make_split(dataset: str, subjects: Sequence[str], *, seed: int, validation: int, test: int) -> Split:
    """Return a split with ``validation`` and ``test`` subjects drawn at random, the rest for training.

    Raises
    ------
    TrainingError
        Nothing would be left to train on.
    """
    if validation + test >= len(subjects):
        raise TrainingError(
            f"{len(subjects)} subjects cannot be split into {validation} for validation, {test} for test and the rest "
            "for training; ask for fewer"
        )
    order = [str(subject) for subject in np.random.default_rng(seed).permutation(sorted(subjects))]
    return Split(
        dataset=dataset,
        seed=seed,
        test=tuple(sorted(order[:test])),
        validation=tuple(sorted(order[test : test + validation])),
        train=tuple(sorted(order[test + validation :])),
    )


def read_split(file: Path) -> Split:
    """Read the split at ``file``.

    Raises
    ------
    TrainingError
        The file is missing, is no split, or a subject is in two parts.
    """
    try:
        return Split.model_validate_json(file.read_bytes())
    except OSError as err:
        raise TrainingError(
            f"cannot read the split {file}: {err.strerror}; `python -m training split` makes one"
        ) from err
    except ValidationError as err:
        raise TrainingError(f"the split {file} is wrong: {err.errors()[0]['msg']}") from err


def write_split(split: Split, file: Path) -> None:
    """Write ``split`` as JSON that `read_split` reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(split.model_dump_json(indent=1) + "\n", encoding="utf-8")
