"""How far a run is, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Self

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from training.data.case import Case

SPEED_OVER_S = 600.0
"""Validation makes the last step of an epoch slow, so the time left is judged from several epochs."""


class RunProgress(AbstractContextManager["RunProgress"]):
    """Two bars: one that comes and goes with the reading of pictures, one for the whole run with the time left."""

    def __init__(self, epochs: int, done: int) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            speed_estimate_period=SPEED_OVER_S,
        )
        self._run: TaskID = self._bars.add_task("training", total=float(epochs), completed=done, unit="epochs")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def watch(self, cases: Iterable[Case], title: str, count: int) -> Iterator[Case]:
        """Pass ``cases`` on, of which there are ``count``, and show how many there were."""
        task = self._bars.add_task(title, total=count, unit="pictures")
        try:
            for case in cases:
                yield case
                self._bars.advance(task)
        finally:
            self._bars.remove_task(task)

    def show_epochs(self, epochs: float) -> None:
        """Show that so many epochs are done."""
        self._bars.update(self._run, completed=epochs)
