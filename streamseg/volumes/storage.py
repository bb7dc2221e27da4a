"""The values of a file as an array: mapped where they are stored plainly, in memory where they are packed."""

from __future__ import annotations

import bz2
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np
import psutil
from numpy.typing import NDArray

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.pages import fill_from_pages

Encoding = Literal["raw", "deflate", "bzip2", "tiff"]

# Deflate makes a byte of at most 1032: no piece of this many packed bytes becomes more than 66 MB.
_PIECE = 1 << 16
# Either kind of header is recognised: of gzip, or of zlib.
_ANY_DEFLATE = 47


@dataclass(frozen=True, slots=True)
class Layout:
    """How the values lie in a file.

    Attributes
    ----------
    shape
        Number of values along each axis, that which changes fastest first.
    dtype
        With its byte order.
    offset
        Bytes of the file before the values, or before what they are packed in; None where they end with the file.
    skip
        Bytes to leave out once unpacked.
    """

    path: Path
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    offset: int | None = 0
    encoding: Encoding = "raw"
    skip: int = 0

    @property
    def byte_count(self) -> int:
        """What the values take, unpacked."""
        return math.prod(self.shape) * self.dtype.itemsize


def load(layout: Layout) -> NDArray[Any]:
    """Return the values, read-only; of a file that was cut short, what is whole along the last axis.

    Raises
    ------
    SourceUnreadableError
        Not one place of the last axis is whole, the packed data are damaged, or they need more memory than is free.
    """
    if min(layout.shape, default=0) < 1:
        raise SourceUnreadableError(f"{layout.path.name} holds no values: its size is {_by(layout.shape)}")
    per_place = layout.byte_count // layout.shape[-1]
    ways = {"raw": _mapped, "tiff": _decoded}
    stored = ways.get(layout.encoding, _inflated)(layout)
    whole = min(stored.size // per_place, layout.shape[-1])
    if whole == 0:
        raise SourceUnreadableError(
            f"{layout.path.name} was cut short: its header promises {layout.byte_count} bytes of {_by(layout.shape)} "
            f"values, and {stored.size} are there; copy or export it again"
        )
    values = stored[: whole * per_place].view(layout.dtype)
    return values.reshape((*layout.shape[:-1], whole), order="F")


def read_start(path: Path, count: int) -> bytes:
    """Return the first ``count`` bytes of a file, unpacked where it was packed by gzip; fewer where it ends before.

    Raises
    ------
    SourceUnreadableError
        What it is packed in is damaged.
    """
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not is_packed:
            return file.read(count)
        found = b""
        for piece in _unpacked(file, "deflate", path.name):
            found += piece
            if len(found) >= count:
                break
    return found[:count]


def _mapped(layout: Layout) -> NDArray[np.uint8]:
    """Return the bytes of the values as a map of the file: what is not looked at is not read."""
    there = layout.path.stat().st_size
    offset = there - layout.byte_count if layout.offset is None else layout.offset
    offset += layout.skip
    count = min(layout.byte_count, there - offset)
    if offset < 0 or count < 1:
        return np.empty(0, np.uint8)
    return np.asarray(np.memmap(layout.path, np.uint8, "r", offset, (count,)))


def _inflated(layout: Layout) -> NDArray[np.uint8]:
    """Return the bytes of the values, unpacked; the whole stream is read, so that its checksum counts."""
    total, name = layout.skip + layout.byte_count, layout.path.name
    unpacked, filled = _room(total, name), 0
    with layout.path.open("rb") as file:
        file.seek(layout.offset or 0)
        for piece in _unpacked(file, layout.encoding, name):
            fitting = min(len(piece), total - filled)
            unpacked[filled : filled + fitting] = np.frombuffer(piece, np.uint8, fitting)
            filled += fitting
    values = unpacked[layout.skip : filled]
    values.flags.writeable = False
    return values


def _decoded(layout: Layout) -> NDArray[np.uint8]:
    """Return the bytes of the values of all pages of a TIFF, up to the first that is damaged."""
    stored = _room(layout.byte_count, layout.path.name)
    whole = fill_from_pages(layout.path, stored.view(layout.dtype).reshape(layout.shape, order="F"))
    stored.flags.writeable = False
    return stored[: whole * layout.byte_count // layout.shape[-1]]


def _room(byte_count: int, name: str) -> NDArray[np.uint8]:
    """Return memory for so many bytes, if that is free."""
    free = psutil.virtual_memory().available
    if byte_count > free:
        raise SourceUnreadableError(
            f"{name} needs {byte_count / 2**30:.3g} GiB of memory unpacked, and {free / 2**30:.3g} GiB are free; "
            "save it uncompressed, or as a smaller volume"
        )
    return np.empty(byte_count, np.uint8)


def _unpacked(file: BinaryIO, encoding: Encoding, name: str) -> Iterator[bytes]:
    """Yield what is packed from here to the end of the file; several streams may follow one another."""
    stream = _stream(encoding)
    try:
        while packed := file.read(_PIECE):
            while packed:
                yield stream.decompress(packed)
                if not stream.eof:
                    break
                # Some writers pad the end with zeros.
                packed = stream.unused_data.lstrip(b"\0")
                stream = _stream(encoding)
    except (zlib.error, OSError) as err:
        raise SourceUnreadableError(
            f"the packed values of {name} are damaged ({err}); copy or export it again"
        ) from err


def _stream(encoding: Encoding) -> Any:
    return bz2.BZ2Decompressor() if encoding == "bzip2" else zlib.decompressobj(_ANY_DEFLATE)


def _by(shape: tuple[int, ...]) -> str:
    return "x".join(map(str, shape))
