"""Reads DICOM files with pydicom: quietly, and only what is asked for. Only `identifiers` asks for names and dates."""

from __future__ import annotations

import logging
import struct
import threading
import warnings
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
from pydicom.dataset import FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.tag import Tag

from streamseg.errors import SourceUnreadableError

PREAMBLE_BYTES, MAGIC = 128, b"DICM"
# pydicom and its plugins tell of damage by all of these.
FAULTS = (
    ArithmeticError, AttributeError, BytesLengthException, EOFError, InvalidDicomError, LookupError, MemoryError,
    NotImplementedError, OSError, RuntimeError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip

_QUIET = threading.RLock()
_PYDICOM = logging.getLogger("pydicom")


@contextmanager
def quietly() -> Iterator[None]:
    """Keep pydicom's warnings off the screen and out of logs: their text holds values of the header.

    One at a time, since the filters of `warnings` belong to the whole process.
    """
    with _QUIET, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        was_disabled, _PYDICOM.disabled = _PYDICOM.disabled, True
        try:
            yield
        finally:
            _PYDICOM.disabled = was_disabled


def is_dicom(path: Path) -> bool:
    """Whether the file begins as DICOM does; not where it cannot be read."""
    if not path.is_file():
        return False  # to open a pipe would wait for somebody to write to it
    try:
        with path.open("rb") as file:
            return file.read(PREAMBLE_BYTES + len(MAGIC))[PREAMBLE_BYTES:] == MAGIC
    except OSError:
        return False


def read_tags(path: Path, keywords: Collection[str], *, has_pixels: bool = False) -> FileDataset:
    """Return the elements of a file that ``keywords`` name, and its pixel data only where ``has_pixels``.

    Raises
    ------
    SourceUnreadableError
        It is no DICOM file, or is damaged. The message holds nothing that the file says.
    """
    try:
        with quietly():
            return pydicom.dcmread(
                path, stop_before_pixels=not has_pixels, specific_tags=[Tag(keyword) for keyword in keywords]
            )
    except FAULTS as err:
        raise SourceUnreadableError(
            f"{path.name} is no DICOM file that can be read ({type(err).__name__}); it may be damaged or cut short"
        ) from err
