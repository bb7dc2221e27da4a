"""A JSON file that appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streamseg.claimed_file import ClaimedFile


class JsonFile:
    """Takes the file's place on entry, before the work starts; see `ClaimedFile`. Without a path nothing is written."""

    def __init__(self, path: Path | None, *, can_overwrite: bool) -> None:
        self._file = None if path is None else ClaimedFile(path, can_overwrite=can_overwrite)

    def __enter__(self) -> Self:
        """Take the place.

        Raises
        ------
        SinkError
            The file exists already, or its folder cannot be written to.
        """
        if self._file is not None:
            self._file.claim()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.release()

    def write(self, content: Mapping[str, Any]) -> None:
        """Write ``content`` and give the file its name.

        Raises
        ------
        SinkError
            The disk is full, or the folder is gone.
        """
        if self._file is not None:
            self._file.write(f"{json.dumps(content, indent=2, default=str)}\n".encode())
