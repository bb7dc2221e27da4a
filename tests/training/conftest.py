"""A small data set in the form of HC18, the same prepared, and one short run on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tiny_datasets import write_hc18
from training.config import TrainingConfig
from training.data.prepared import Prepared, write_prepared
from training.data.split import make_split
from training.datasets import hc18
from training.fitting.run_folder import RunFolder
from training.fitting.train import train


@pytest.fixture(scope="session")
def tiny_hc18(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 24 pictures of bright ellipses on noise, of 12 examinations, as a user has them."""
    folder = tmp_path_factory.mktemp("hc18")
    write_hc18(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_data(tiny_hc18: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return that data set prepared, with 7 examinations to train, 2 to validate and 3 to test."""
    prepared = write_prepared(tmp_path_factory.mktemp("prepared") / "hc18", hc18.INFO, hc18.read_cases(tiny_hc18))
    prepared.keep_split(make_split("hc18", prepared.subjects(), seed=1, validation=2, test=3))
    return prepared


@pytest.fixture(scope="session")
def tiny_config(tiny_data: Prepared) -> TrainingConfig:
    """Return a recipe of two stages and five epochs that takes seconds."""
    return TrainingConfig.model_validate(
        {
            "data": tiny_data.path,
            "modality": "US",
            "seed": 3,
            "ema_decay": 0.5,
            "phantom_count": 5,
            "epoch_pictures": 15,  # whole batches: each other shape is compiled anew
            "stage": [
                {"size": 32, "epochs": 3, "batch": 5, "learning_rate": 5e-3},
                {"size": 48, "epochs": 2, "batch": 5, "learning_rate": 2e-3, "phantom_share": 0.2},
            ],
        }
    )


@pytest.fixture(scope="session")
def tiny_run(tiny_config: TrainingConfig, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Return the finished run of that recipe on that data set."""
    return train(tiny_config, tmp_path_factory.mktemp("runs") / "tiny")
