"""The split into training, validation and test: by subject, made once, kept in a file.

A patient of whom one picture is trained on and another one tested makes a result look better than it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from training.errors import TrainingError

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


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
        counts = Counter((*self.train, *self.validation, *self.test))
        leaked = {subject for subject, count in counts.items() if count > 1 and len(self._parts_of(subject)) > 1}
        if leaked:
            raise ValueError(f"subjects in more than one part: {', '.join(sorted(leaked))}")
        repeated = sorted(subject for subject, count in counts.items() if count > 1)
        if repeated:
            raise ValueError(f"subjects listed twice: {', '.join(repeated)}")
        return self

    def subjects(self, part: Part) -> tuple[str, ...]:
        """Return the subjects of ``part``."""
        parts = {"train": self.train, "validation": self.validation, "test": self.test}
        return parts[part]

    def part_of(self, subject: str) -> Part | None:
        """Return the part that ``subject`` belongs to, None where it is left out."""
        return next(iter(self._parts_of(subject)), None)

    def all_subjects(self) -> frozenset[str]:
        """Return the subjects of all parts."""
        return frozenset((*self.train, *self.validation, *self.test))

    def _parts_of(self, subject: str) -> tuple[Part, ...]:
        return tuple(part for part in PARTS if subject in self.subjects(part))


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """How many subjects to draw for validation and test (None: what suits the data set), and the seed of the draw."""

    seed: int = 0
    validation: int | None = None
    test: int | None = None


def draw_split(dataset: str, subjects: Sequence[str], request: SplitRequest) -> Split:
    """Return a split as ``request`` says; a tenth for validation and a fifth for the test where it says nothing.

    Raises
    ------
    TrainingError
        There are not so many subjects.
    """
    validation = max(1, round(len(subjects) / 10)) if request.validation is None else request.validation
    test = max(1, round(len(subjects) / 5)) if request.test is None else request.test
    return make_split(dataset, subjects, seed=request.seed, validation=validation, test=test)


def make_split(dataset: str, subjects: Sequence[str], *, seed: int, validation: int, test: int) -> Split:
    """Return a split with ``validation`` and ``test`` subjects drawn at random, the rest, if any, for training.

    Raises
    ------
    TrainingError
        There are not so many subjects.
    """
    if validation + test > len(subjects):
        raise TrainingError(
            f"{len(subjects)} subjects cannot be split into {validation} for validation and {test} for test; "
            "ask for fewer"
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
            f"cannot read the split {file}: {err.strerror}; `python -m training prepare` makes one"
        ) from err
    except ValidationError as err:
        raise TrainingError(f"the split {file} is wrong: {err.errors()[0]['msg']}") from err


def write_split(split: Split, file: Path) -> None:
    """Write ``split`` as JSON that `read_split` reads.

    Raises
    ------
    TrainingError
        It cannot be written, say because the disk is full.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(split.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as err:
        raise TrainingError(
            f"cannot write the split {file}: {err.strerror}; free some space or choose another"
        ) from err
