"""Each stage gets its pictures at its size, and a data set that does not fit is refused before training."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.config import TrainingConfig
from training.data.case import Case
from training.data.prepared import Prepared
from training.data.split import make_split
from training.errors import TrainingError
from training.fitting.run_folder import RunFolder
from training.fitting.stage_data import StageReader


class Watch:
    """Passes cases on and keeps what was read."""

    def __init__(self) -> None:
        self.read: list[tuple[str, int, int]] = []

    def __call__(self, cases: Iterable[Case], title: str, count: int) -> list[Case]:
        passed = list(cases)
        self.read.append((title, count, len(passed)))
        return passed


def reader(config: TrainingConfig, data: Prepared, watch: Watch | None = None, **values: Any) -> StageReader:
    return StageReader(config.model_copy(update=values), data, data.split(), watch or Watch())


def test_pictures_have_the_size_of_the_stage(tiny_config: TrainingConfig, tiny_data: Prepared, tmp_path: Path) -> None:
    stages = reader(tiny_config, tiny_data)
    for number, side in enumerate((32, 48)):
        data = stages.read(number, RunFolder(tmp_path))
        images, _ = next(data.batches.epoch(0))
        assert images.shape[1:] == (side, side, 1)
        assert data.validation.images.shape == (4, side, side)


def test_a_stage_of_the_same_size_reads_nothing_again(
    tiny_config: TrainingConfig, tiny_data: Prepared, tmp_path: Path
) -> None:
    watch = Watch()
    stages = reader(tiny_config, tiny_data, watch, stage=(tiny_config.stage[0], tiny_config.stage[0]))
    for number in range(2):
        stages.read(number, RunFolder(tmp_path))
    assert watch.read == [("reading the train part", 14, 14), ("reading the validation part", 4, 4)]


def test_few_validation_pictures_are_spread_over_all(
    tiny_config: TrainingConfig, tiny_data: Prepared, tmp_path: Path
) -> None:
    every = reader(tiny_config, tiny_data).read(0, RunFolder(tmp_path)).validation
    few = reader(tiny_config, tiny_data, validation_pictures=2).read(0, RunFolder(tmp_path)).validation
    np.testing.assert_array_equal(few.images, every.images[[0, 2]])


def test_data_of_another_modality_is_refused(tiny_config: TrainingConfig, tiny_data: Prepared) -> None:
    with pytest.raises(TrainingError, match=r"is for modality CT, but .* holds US"):
        reader(tiny_config, tiny_data, modality="CT")


def test_a_split_of_other_subjects_is_refused(tiny_config: TrainingConfig, tiny_data: Prepared, tmp_path: Path) -> None:
    other = make_split("other", ["a", "b", "c"], seed=1, validation=1, test=1)
    with pytest.raises(TrainingError, match="belongs to the train part of the split of other"):
        StageReader(tiny_config, tiny_data, other, Watch()).read(0, RunFolder(tmp_path))


def test_validation_pictures_without_the_structure_are_refused(
    tiny_config: TrainingConfig, tiny_data: Prepared, tmp_path: Path
) -> None:
    def empty(cases: Iterable[Case], _: str, __: int) -> list[Case]:
        return [replace(case, mask=np.zeros_like(case.mask)) for case in cases]

    stages = StageReader(tiny_config, tiny_data, tiny_data.split(), empty)
    with pytest.raises(TrainingError, match=r"no validation picture in .* shows the structure"):
        stages.read(0, RunFolder(tmp_path))
