"""A run learns, resumes with the same curve, and stops with a clear word when it cannot go on."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from training.config import TrainingConfig
from training.errors import TrainingError
from training.fitting.checkpoint import read_checkpoint
from training.fitting.run_folder import RunFolder
from training.fitting.train import train

DEADLINE_S = 120


def losses(run: RunFolder) -> list[float]:
    return [record.loss for record in read_checkpoint(run.checkpoint).history]


def variant(config: TrainingConfig, **values: Any) -> TrainingConfig:
    """Return a recipe of the first stage alone, changed by ``values``."""
    stage = config.stage[0].model_copy(update=values)
    return config.model_copy(update={"stage": (stage,)})


def test_a_short_run_learns_and_keeps_log_weights_and_choice(tiny_run: RunFolder) -> None:
    assert losses(tiny_run)[2] < losses(tiny_run)[0]
    with (tiny_run.path / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["stage"] for row in rows] == ["0", "0", "0", "1", "1"]
    choice = tiny_run.choice()
    assert choice.epoch >= 3, "weights are chosen in the stage of the size that ships"
    best = max(float(row["mean_dice"]) for row in rows[3:])
    assert choice.validation_dice >= best - 1e-9, "0.5 is among the thresholds to choose from"
    assert (tiny_run.path / "loss-curve.png").is_file()


def test_a_run_that_was_killed_goes_on_with_the_curve_of_an_uninterrupted_one(
    tiny_run: RunFolder, tiny_config: TrainingConfig, tmp_path: Path
) -> None:
    recipe, run = tmp_path / "recipe.toml", RunFolder(tmp_path / "run")
    recipe.write_text(_to_toml(tiny_config))
    arguments = [sys.executable, "-m", "training", "train", recipe, "--out", run.path]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(run.checkpoint, process)
    finally:
        process.kill()
        process.wait(DEADLINE_S)
    if os.name == "posix":
        assert process.returncode == -signal.SIGKILL, "it was still at work"
    done = len(losses(run))
    assert 1 <= done < tiny_config.epochs
    resumed = train(tiny_config, run.path, resume=True)
    # Threads add in another order each time; the curve is the same, its last digits are not.
    assert losses(resumed) == pytest.approx(losses(tiny_run), rel=0.02)
    assert len((run.path / "log.csv").read_text().splitlines()) == tiny_config.epochs + 1


def test_another_recipe_is_not_resumed(tiny_run: RunFolder, tiny_config: TrainingConfig) -> None:
    other = tiny_config.model_copy(update={"seed": 4})
    with pytest.raises(TrainingError, match="another configuration or split"):
        train(other, tiny_run.path, resume=True)


def test_weights_of_every_second_epoch_are_kept_where_the_recipe_asks(
    tiny_config: TrainingConfig, tmp_path: Path
) -> None:
    config = variant(tiny_config, epochs=2, epoch_pictures=5).model_copy(update={"keep_every": 2})
    run = train(config, tmp_path / "run")
    assert [file.name for file in (run.path / "kept").iterdir()] == ["epoch-0002.npz"]
    assert run.finished_model(1).count_params() == run.finished_model().count_params()


def test_a_loss_that_is_no_number_names_epoch_step_and_remedy(tiny_config: TrainingConfig, tmp_path: Path) -> None:
    config = variant(tiny_config, learning_rate=1e30, warm_up=0.0)
    with pytest.raises(TrainingError, match=r"the loss became nan in epoch 1, step \d: lower learning_rate"):
        train(config, tmp_path / "run")


def test_a_run_never_takes_the_place_of_what_is_there(tiny_config: TrainingConfig, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("kept")
    with pytest.raises(TrainingError, match="is not empty; use --resume"):
        train(tiny_config, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "kept"


def test_a_recipe_without_data_is_told_where_to_name_it(tiny_config: TrainingConfig, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="pass --data PREPARED"):
        train(tiny_config.model_copy(update={"data": None}), tmp_path / "run")


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="is not the folder of a training run"):
        RunFolder(tmp_path).config()


def _wait_for(file: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not file.exists():
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline, "no epoch was finished within the deadline"
        time.sleep(0.01)


def _to_toml(config: TrainingConfig) -> str:
    """Return ``config`` as TOML, in which a table is written as JSON is, but for ``=``."""
    values = config.model_dump(mode="json", exclude_none=True)
    return "".join(f"{key} = {_literal(value)}\n" for key, value in values.items())


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else str(value)
