"""A small data set in the form of HC18, drawn here, and one short run on it."""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.config import TrainingConfig
from training.run_folder import RunFolder
from training.split import make_split, write_split
from training.train import train

EXAMINATIONS = 12
SIZE = (36, 48)
SPACING_MM = 2.0


@pytest.fixture(scope="session")
def tiny_hc18(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with 24 pictures of bright ellipses on noise, of 12 examinations."""
    folder = tmp_path_factory.mktemp("hc18")
    draw_hc18(folder)
    return folder


def draw_hc18(folder: Path) -> None:
    """Write the small data set into ``folder``."""
    rng = np.random.default_rng(7)
    rows = []
    for part in ("images", "masks"):
        (folder / part).mkdir()
    for number in range(EXAMINATIONS):
        for picture in ("HC", "2HC"):
            name = f"{number:03}_{picture}.png"
            axes = (int(rng.integers(9, 15)), int(rng.integers(7, 11)))
            mask = np.zeros(SIZE, np.uint8)
            cv2.ellipse(mask, (24, 18), axes, float(rng.uniform(0, 180)), 0, 360, 255, -1)
            image = rng.integers(0, 60, SIZE).astype(np.uint8) + mask // 2
            cv2.imwrite(str(folder / "images" / name), image)
            cv2.imwrite(str(folder / "masks" / name), mask)
            rows.append([name, SPACING_MM, np.pi * sum(axes) * SPACING_MM])
    with (folder / "pixel_size_and_hc.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["filename", "pixel_size_mm", "head_circumference_mm"], *rows])


@pytest.fixture(scope="session")
def tiny_config(tmp_path_factory: pytest.TempPathFactory) -> TrainingConfig:
    """Return a recipe of two stages and four epochs that takes seconds."""
    split = tmp_path_factory.mktemp("split") / "split.json"
    subjects = [f"{number:03}" for number in range(EXAMINATIONS)]
    write_split(make_split("hc18", subjects, seed=1, validation=2, test=3), split)
    return TrainingConfig.model_validate(
        {
            "dataset": "hc18",
            "split": split,
            "seed": 3,
            "ema_decay": 0.5,
            "phantom_count": 5,
            "stage": [
                {"size": 32, "epochs": 3, "batch": 5, "learning_rate": 5e-3},
                {"size": 48, "epochs": 2, "batch": 5, "learning_rate": 2e-3, "phantom_share": 0.2},
            ],
        }
    )


@pytest.fixture(scope="session")
def tiny_run(tiny_config: TrainingConfig, tiny_hc18: Path, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Return the finished run of that recipe on that data set."""
    return train(tiny_config, tiny_hc18, tmp_path_factory.mktemp("runs") / "tiny")
