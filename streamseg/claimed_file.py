"""A file that is claimed before the work starts, and appears whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamseg.errors import SinkError


class ClaimedFile:
    """Takes the place of ``path`` at once, so that what cannot be written is said before the work.

    The content goes into ``NAME.part`` beside it, which takes the name once it is complete.

    Raises
    ------
    SinkError
        The file exists already, or its folder cannot be written to.
    """

    def __init__(self, path: Path, *, can_overwrite: bool) -> None:
        self.path = path
        if path.exists() and not can_overwrite:
            raise SinkError(f"{path} exists already; choose another name or add --overwrite")
        if path.is_dir():
            raise SinkError(f"{path} is a folder; give the name of a file")
        try:
            self._part.touch()
        except OSError as err:
            raise SinkError(f"cannot write {path}: {err.strerror}; choose another place") from err

    def write(self, content: bytes) -> None:
        """Write ``content`` and give the file its name.

        Raises
        ------
        SinkError
            The disk is full, or the folder is gone.
        """
        self.save(lambda part: part.write_bytes(content))

    def save(self, write: Callable[[Path], object]) -> None:
        """Let ``write`` write to the path that it is given, then give the file its name.

        Raises
        ------
        SinkError
            The disk is full, or the folder is gone.
        """
        try:
            write(self._part)
            self._part.replace(self.path)
        except OSError as err:
            self.release()
            raise SinkError(f"cannot write {self.path}: {err.strerror}") from err

    def release(self) -> None:
        """Give the place up, where nothing was written; idempotent."""
        self._part.unlink(missing_ok=True)

    @property
    def _part(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")
