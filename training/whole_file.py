"""Files that are written whole or not at all: a kill or a full disk leaves the former one as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from training.errors import TrainingError


def write_whole(file: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill a file beside ``file``, and put it in its place in one move.

    Raises
    ------
    TrainingError
        It cannot be written, say because the disk is full; what was there before is untouched.
    """
    partial = file.with_name(f"{file.name}.partial")
    try:
        with partial.open("wb") as stream:
            write(stream)
        partial.replace(file)
    except OSError as err:
        partial.unlink(missing_ok=True)
        raise TrainingError(
            f"cannot write {file}: {err.strerror or err}; what it held before is whole: make room, then --resume"
        ) from err


def write_text(file: Path, text: str) -> None:
    """Write ``text`` in UTF-8 to ``file``, whole or not at all.

    Raises
    ------
    TrainingError
        It cannot be written.
    """
    write_whole(file, lambda stream: stream.write(text.encode()))
