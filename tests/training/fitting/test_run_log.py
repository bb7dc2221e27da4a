"""A run can be followed in a table, in TensorBoard and in a figure, also after it was resumed."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

from training.errors import TrainingError
from training.fitting.checkpoint import EpochRecord
from training.fitting.event_file import EventFile
from training.fitting.loss_curve import write_loss_curve
from training.fitting.run_log import RunLog

FIRST = EpochRecord(
    epoch=0, stage=0, loss=0.5, validation_loss=0.6, mean_dice=0.7, pooled_dice=0.8, learning_rate=1e-3, seconds=2.0
)
HISTORY = (FIRST, replace(FIRST, epoch=1, loss=0.25, mean_dice=0.75), replace(FIRST, epoch=2, stage=1, loss=0.125))


def read_events(folder: Path) -> list[tuple[str, int, float]]:
    (file,) = folder.iterdir()
    return [
        (value.tag, event.step, float(value.tensor.float_val[0]))
        for event in EventFileLoader(str(file)).Load()
        for value in event.summary.value
    ]


def log_all(folder: Path) -> None:
    with RunLog(folder, ()) as log:
        for count in range(1, 3):
            log.add(HISTORY[:count])


def test_the_table_has_a_line_per_epoch(tmp_path: Path) -> None:
    log_all(tmp_path)
    with (tmp_path / "log.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["epoch"], row["loss"], row["mean_dice"]) for row in rows] == [
        ("0", "0.5", "0.7"),
        ("1", "0.25", "0.75"),
    ]


def test_tensorboard_reads_each_figure_of_each_epoch(tmp_path: Path) -> None:
    log_all(tmp_path)
    events = read_events(tmp_path / "tensorboard")
    assert [(step, value) for tag, step, value in events if tag == "loss/training"] == [(1, 0.5), (2, 0.25)]
    assert {tag for tag, _, _ in events} == {
        "loss/training",
        "loss/validation",
        "dice/mean",
        "dice/pooled",
        "learning_rate",
    }


def test_a_resumed_run_is_logged_from_its_beginning_and_once(tmp_path: Path) -> None:
    log_all(tmp_path)
    with RunLog(tmp_path, HISTORY[:2]) as log:
        log.add(HISTORY)
    events = read_events(tmp_path / "tensorboard")
    assert [step for tag, step, _ in events if tag == "loss/training"] == [1, 2, 3]
    assert len((tmp_path / "log.csv").read_text().splitlines()) == 4


def test_what_a_kill_kept_from_the_table_is_there_after_the_resume(tmp_path: Path) -> None:
    with RunLog(tmp_path, HISTORY):
        assert len((tmp_path / "log.csv").read_text().splitlines()) == 4


@pytest.mark.parametrize("epochs", [1, 3])
def test_the_figure_shows_both_losses_and_both_scores(tmp_path: Path, epochs: int) -> None:
    write_loss_curve(HISTORY[:epochs], tmp_path / "loss-curve.png")
    picture = cv2.imread(str(tmp_path / "loss-curve.png"))
    height = picture.shape[0]
    for half in (picture[: height // 2], picture[height // 2 :]):
        for colour in ((180, 119, 31), (14, 127, 255)):  # BGR: matplotlib's first blue and orange
            assert np.abs(half.astype(int) - colour).sum(axis=2).min() < 12


def test_a_place_where_no_events_can_go_is_named(tmp_path: Path) -> None:
    (tmp_path / "tensorboard").write_text("a file")
    with pytest.raises(TrainingError, match=r"cannot write to .*tensorboard"):
        EventFile(tmp_path / "tensorboard")
