"""A run learns, resumes with the same curve, and stops with a clear word when it cannot go on."""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from training.checkpoint import read_checkpoint
from training.config import TrainingConfig
from training.errors import TrainingError
from training.run_folder import RunFolder
from training.train import train


@contextmanager
def interruption_after(epoch: str) -> Iterator[None]:
    """Raise KeyboardInterrupt, as Ctrl-C does, when ``epoch`` is logged."""

    def interrupt(record: logging.LogRecord) -> bool:
        if record.getMessage().startswith(epoch):
            raise KeyboardInterrupt
        return True

    logger = logging.getLogger("training.train")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addFilter(interrupt)
    try:
        yield
    finally:
        logger.removeFilter(interrupt)
        logger.setLevel(level)


def losses(run: RunFolder) -> list[float]:
    return [record.loss for record in read_checkpoint(run.checkpoint).history]


def test_a_short_run_learns_and_keeps_log_weights_and_choice(tiny_run: RunFolder) -> None:
    assert losses(tiny_run)[2] < losses(tiny_run)[0]
    with (tiny_run.path / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["stage"] for row in rows] == ["0", "0", "0", "1", "1"]
    choice = tiny_run.choice()
    assert choice.epoch >= 3, "weights are chosen in the stage of the size that ships"
    best = max(float(row["validation_dice"]) for row in rows[3:])
    assert choice.validation_dice >= best - 1e-9, "0.5 is among the thresholds to choose from"


def test_a_resumed_run_has_the_curve_of_an_uninterrupted_one(
    tiny_run: RunFolder, tiny_config: TrainingConfig, tiny_hc18: Path, tmp_path: Path
) -> None:
    with interruption_after("epoch 2 of 5"), pytest.raises(KeyboardInterrupt):
        train(tiny_config, tiny_hc18, tmp_path / "run")
    resumed = train(tiny_config, tiny_hc18, tmp_path / "run", resume=True)
    # Threads add in another order each time; the curve is the same, its last digits are not.
    assert losses(resumed) == pytest.approx(losses(tiny_run), rel=0.02)


def test_another_recipe_is_not_resumed(tiny_run: RunFolder, tiny_config: TrainingConfig, tiny_hc18: Path) -> None:
    other = tiny_config.model_copy(update={"seed": 4})
    with pytest.raises(TrainingError, match="another configuration or split"):
        train(other, tiny_hc18, tiny_run.path, resume=True)


def test_a_loss_that_is_no_number_names_epoch_step_and_remedy(
    tiny_config: TrainingConfig, tiny_hc18: Path, tmp_path: Path
) -> None:
    stage = tiny_config.stage[0].model_copy(update={"learning_rate": 1e30, "warm_up": 0.0})
    config = tiny_config.model_copy(update={"stage": (stage,)})
    with pytest.raises(TrainingError, match=r"the loss became nan in epoch 1, step \d: lower learning_rate"):
        train(config, tiny_hc18, tmp_path / "run")


def test_a_run_never_takes_the_place_of_what_is_there(
    tiny_config: TrainingConfig, tiny_hc18: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("kept")
    with pytest.raises(TrainingError, match="is not empty; use --resume"):
        train(tiny_config, tiny_hc18, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "kept"


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="is not the folder of a training run"):
        RunFolder(tmp_path).config()
