"""The logs of a run: a table, TensorBoard's events, and the figure of the loss curves."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, fields
from pathlib import Path

from training.fitting.checkpoint import EpochRecord
from training.fitting.event_file import EventFile
from training.fitting.loss_curve import write_loss_curve
from training.whole_file import write_text


class RunLog(AbstractContextManager["RunLog"]):
    """Writes ``log.csv``, ``loss-curve.png`` and ``tensorboard/``; the ``history`` of a resumed run comes first."""

    def __init__(self, folder: Path, history: Sequence[EpochRecord]) -> None:
        self._folder = folder
        self._events = EventFile(folder / "tensorboard")
        for record in history:
            self._write_events(record)
        if history:
            self._write_files(history)

    def __exit__(self, *_: object) -> None:
        self._events.close()

    def add(self, history: Sequence[EpochRecord]) -> None:
        """Log the last epoch of ``history``."""
        self._write_files(history)
        self._write_events(history[-1])

    def _write_files(self, history: Sequence[EpochRecord]) -> None:
        text = io.StringIO()
        writer = csv.DictWriter(text, [field.name for field in fields(EpochRecord)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(record) for record in history)
        write_text(self._folder / "log.csv", text.getvalue())
        write_loss_curve(history, self._folder / "loss-curve.png")

    def _write_events(self, record: EpochRecord) -> None:
        values = {
            "loss/training": record.loss,
            "loss/validation": record.validation_loss,
            "dice/mean": record.mean_dice,
            "dice/pooled": record.pooled_dice,
            "learning_rate": record.learning_rate,
        }
        self._events.write(record.epoch + 1, values)
