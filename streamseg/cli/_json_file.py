"""A JSON file that appears whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from streamseg.errors import SinkError


class JsonFile:
    """Takes the file's place before the work starts, so that what cannot be written is said before it.

    The content goes into ``NAME.part`` beside it, which takes the name once it is complete. Without a path nothing is
    written.

    Raises
    ------
    SinkError
        The file exists already, or its folder cannot be written to.
    """

    def __init__(self, path: Path | None, *, can_overwrite: bool) -> None:
        self._path = path
        if path is None:
            return
        if path.exists() and not can_overwrite:
            raise SinkError(f"{path} exists already; choose another name or add --overwrite")
        if path.is_dir():
            raise SinkError(f"{path} is a folder; give the name of a file")
        try:
            _part(path).touch()
        except OSError as err:
            raise SinkError(f"cannot write {path}: {err.strerror}; choose another place") from err

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._path is not None:
            _part(self._path).unlink(missing_ok=True)

    def write(self, content: Mapping[str, Any]) -> None:
        """Write ``content`` and give the file its name.

        Raises
        ------
        SinkError
            The disk is full, or the folder is gone.
        """
        if self._path is None:
            return
        try:
            _part(self._path).write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
            _part(self._path).replace(self._path)
        except OSError as err:
            raise SinkError(f"cannot write {self._path}: {err.strerror}") from err


def _part(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")
