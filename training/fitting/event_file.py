"""TensorBoard's event files, written with TensorBoard's own messages and without TensorFlow."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from training.errors import TrainingError

FILE = "events.out.tfevents.{seconds}.streamseg"
VERSION = "brain.Event:2"


class EventFile:
    """The one event file of a folder: former ones are removed, so that a resumed run is not drawn twice."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(exist_ok=True)
            for former in folder.glob(FILE.format(seconds="*")):
                former.unlink()
            self._file = (folder / FILE.format(seconds=time.time_ns())).open("wb")
        except OSError as err:
            raise TrainingError(f"cannot write to {folder}: {err.strerror}; make room or free the folder") from err
        self._folder = folder
        self._records = RecordWriter(self._file)
        self._add(Event(wall_time=time.time(), file_version=VERSION))

    def write(self, step: int, values: Mapping[str, float]) -> None:
        """Write ``values`` by name at ``step``, for a TensorBoard that is open to see.

        Raises
        ------
        TrainingError
            The disk is full.
        """
        summary = Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])
        self._add(Event(wall_time=time.time(), step=step, summary=summary))

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _add(self, event: Event) -> None:
        try:
            self._records.write(event.SerializeToString())
            self._file.flush()
        except OSError as err:
            raise TrainingError(f"cannot write to {self._folder}: {err.strerror}; make room, then --resume") from err
