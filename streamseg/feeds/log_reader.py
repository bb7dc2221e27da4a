"""Reads a log of `streamseg.sinks.log`, finished or still being written by another process, as it grows."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any

from streamseg.errors import SourceUnreadableError

# So much of a long log is read at a time that a view, which asks ten times a second, goes on answering.
CHUNK_BYTES = 512 * 1024
# A line longer than this is no line of a log.
LONGEST_LINE_BYTES = 1024 * 1024

logger = logging.getLogger(__name__)

Record = Mapping[str, Any]
"""A line of a log."""


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """What one look at a log found.

    Attributes
    ----------
    records
        New lines, in order, and where in the file each begins.
    is_new
        Whether they are of another file than those before: the log was replaced or cut short.
    is_missing
        Whether there is no file (yet).
    written_s
        When the file was last written, on the wall clock; 0 where there is none.
    left_bytes
        How much of the file was not looked at yet.
    """

    records: tuple[tuple[Record, int], ...] = ()
    is_new: bool = False
    is_missing: bool = False
    written_s: float = 0.0
    left_bytes: int = 0


class LogReader:
    """Follows a log. Half a line at the end is left until the rest of it is there; what is no line is left out.

    A context manager. Waits for nothing: a file that does not exist is one that has no lines yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        self._offset = 0
        self._half = b""

    def read(self) -> Portion:
        """Return what has come since the last look, a bounded portion of it.

        Raises
        ------
        SourceUnreadableError
            The file is there and cannot be read.
        """
        try:
            is_new = self._follow_path()
            if self._file is None:
                return Portion(is_missing=True, is_new=is_new)
            chunk = self._file.read(CHUNK_BYTES) or b""
            status = os.fstat(self._file.fileno())
        except OSError as err:
            raise SourceUnreadableError(f"cannot read the log {self._path}: {err.strerror}; check the path") from err
        begin = self._offset - len(self._half)
        self._offset += len(chunk)
        *lines, self._half = (self._half + chunk).split(b"\n")
        if len(self._half) > LONGEST_LINE_BYTES:
            raise SourceUnreadableError(f"{self._path} is no log of streamseg: a line of it does not end")
        records: list[tuple[Record, int]] = []
        for line in lines:
            record = parse(line)
            if record is not None:
                records.append((record, begin))
            begin += len(line) + 1
        left = max(0, status.st_size - self._offset)
        return Portion(tuple(records), is_new, written_s=status.st_mtime, left_bytes=left)

    def close(self) -> None:
        """Close the file; idempotent."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _follow_path(self) -> bool:
        """Open the file that the path means now. Return whether it is another one, or was cut short."""
        try:
            status = self._path.stat()
        except FileNotFoundError:
            # Moved away by a rotation: nothing more is written to it under this name.
            was_open = self._file is not None
            self._begin()
            return was_open
        if self._file is not None:
            is_same = os.path.samestat(status, os.fstat(self._file.fileno()))
            if is_same and status.st_size >= self._offset:
                return False
        was_open = self._file is not None
        self._begin()
        self._file = FileIO(self._path)
        return was_open

    def _begin(self) -> None:
        self.close()
        self._offset, self._half = 0, b""


def parse(line: bytes) -> Record | None:
    """Return the record of a line; None where it is none."""
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if isinstance(record, dict) and isinstance(record.get("type"), str):
        return record
    if line.strip():
        logger.debug("a line of the log is left out: %r", line[:80])
    return None
