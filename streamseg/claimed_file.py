"""A file that is claimed before the work starts, and appears whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Self

from streamseg.errors import SinkError


class ClaimedFile:
    """Takes the place of ``path`` before the work, so that what cannot be written is said then.

    The content goes into ``NAME.part`` beside it, which takes the name once it is complete.
    """

    def __init__(self, path: Path, *, can_overwrite: bool) -> None:
        self.path = path
        self._can_overwrite = can_overwrite
        self._is_claimed = False

    def claim(self) -> Self:
        """Take the place; interrupted on the way, nothing stays.

        Raises
        ------
        SinkError
            The file exists already, or its folder cannot be written to.
        """
        if self.path.exists() and not self._can_overwrite:
            raise SinkError(f"{self.path} exists already; choose another name or add --overwrite")
        if self.path.is_dir():
            raise SinkError(f"{self.path} is a folder; give the name of a file")
        self._is_claimed = True
        try:
            self._part.touch()
        except OSError as err:
            self._is_claimed = False
            raise SinkError(f"cannot write {self.path}: {err.strerror}; choose another place") from err
        except BaseException:
            self.release()
            raise
        return self

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
            self._is_claimed = False
        except OSError as err:
            self.release()
            raise SinkError(f"cannot write {self.path}: {err.strerror}") from err

    def release(self) -> None:
        """Give the place up, where it was taken and nothing was written; idempotent."""
        if self._is_claimed:
            self._part.unlink(missing_ok=True)
            self._is_claimed = False

    @property
    def _part(self) -> Path:
        return self.path.with_name(f"{self.path.name}.part")
