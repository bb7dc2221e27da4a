"""The state of a run in one file, written whole or not at all, so that a kill at any moment loses an epoch at most."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import TrainingError
from training.whole_file import write_whole

Arrays = list[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class EpochRecord:
    """What one epoch came to: a line of the run's log.

    Attributes
    ----------
    epoch
        From 0, over all stages.
    stage
        From 0.
    loss
        Mean over the epoch's pictures, while the weights changed.
    validation_loss
        Mean over the validation pictures, of the averaged weights.
    mean_dice, pooled_dice
        Of the averaged weights at threshold 0.5: over the validation pictures that show the structure, and of all
        pixels of all validation pictures.
    seconds
        Wall clock, validation included.
    """

    epoch: int
    stage: int
    loss: float
    validation_loss: float
    mean_dice: float
    pooled_dice: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class LearnerState:
    """Everything that the next step depends on, beside the data.

    Attributes
    ----------
    model, average
        Weights, and their running average after ``updates`` updates.
    optimizer
        Variables of the optimiser.
    """

    model: Arrays
    optimizer: Arrays
    average: Arrays
    updates: int


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """The state after an epoch, and the history so far."""

    state: LearnerState
    history: tuple[EpochRecord, ...]


def write_checkpoint(checkpoint: Checkpoint, file: Path) -> None:
    """Write ``checkpoint`` to ``file``, replacing it in one move.

    Raises
    ------
    TrainingError
        It cannot be written; the former checkpoint is whole.
    """
    learner = checkpoint.state
    groups = {"model": learner.model, "optimizer": learner.optimizer, "average": learner.average}
    arrays = {f"{group}.{index:03}": array for group, part in groups.items() for index, array in enumerate(part)}
    state = {"updates": learner.updates, "history": [asdict(record) for record in checkpoint.history]}
    write_arrays(file, {**arrays, "state": np.array(json.dumps(state))})


def read_checkpoint(file: Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote.

    Raises
    ------
    TrainingError
        The file is missing or broken.
    """
    arrays = read_arrays(file)
    groups: dict[str, Arrays] = {"model": [], "optimizer": [], "average": []}
    for key in sorted(arrays):
        if key != "state":
            groups[key.split(".")[0]].append(arrays[key])
    state = json.loads(str(arrays["state"]))
    history = tuple(EpochRecord(**record) for record in state["history"])
    return Checkpoint(LearnerState(**groups, updates=state["updates"]), history)


def write_arrays(file: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write named arrays to ``file`` (.npz), replacing it in one move.

    Raises
    ------
    TrainingError
        It cannot be written; the former file is whole.
    """
    write_whole(file, lambda stream: np.savez(stream, allow_pickle=False, **arrays))


def read_arrays(file: Path) -> dict[str, NDArray[Any]]:
    """Read what `write_arrays` wrote.

    Raises
    ------
    TrainingError
        The file is missing or broken.
    """
    try:
        with file.open("rb") as stream, np.load(stream) as arrays:
            return dict(arrays)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as err:
        raise TrainingError(f"cannot read {file}: {err}; train again without --resume") from err
