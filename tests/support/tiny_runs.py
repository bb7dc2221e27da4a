"""Runs that took no training: random weights in the folder of a run, for what comes after training."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from training.config import TrainingConfig
from training.data.case import Case
from training.data.prepared import DatasetInfo, Prepared, write_prepared
from training.data.split import make_split
from training.fitting.run_folder import Choice, RunFolder
from training.networks import trained_network

EPOCHS = 2


def write_run(
    folder: Path, data: Prepared, *, size: int = 32, epochs_done: int = EPOCHS, network: str = "unet"
) -> RunFolder:
    """Write a run on ``data`` of which so many of `EPOCHS` epochs are done, with random weights."""
    stage = {"size": size, "epochs": EPOCHS, "batch": 2}
    config = TrainingConfig.model_validate(
        {"modality": data.info.modality, "batch_norm": False, "network": network, "stage": [stage]}
    )
    run = RunFolder(folder)
    run.start(config, data.split())
    keras.utils.set_random_seed(8)
    run.keep_best(trained_network(config).get_weights())
    run.keep_choice(Choice(epoch=0, threshold=0.5, validation_dice=0.5))
    (folder / "log.csv").write_text("epoch,loss\n" + "".join(f"{epoch},1.0\n" for epoch in range(epochs_done)))
    return run


def write_ct(folder: Path) -> Prepared:
    """Write six slices of noise in Hounsfield units, of as many patients."""
    rng = np.random.default_rng(3)
    cases = [
        Case(f"slice-{number}", f"{number}", hu, hu > 60, 1.0, "hu")
        for number, hu in enumerate(rng.integers(-50, 130, (6, 32, 32)).astype(np.int16))
    ]
    info = DatasetInfo(name="noise", modality="CT", unit="hu", licence="MIT", citation="none")
    data = write_prepared(folder, info, cases)
    data.keep_split(make_split("noise", data.subjects(), seed=1, validation=2, test=1))
    return data
