"""Pictures in the Kitty graphics protocol, shown through placeholder characters. Pure functions.

The terminal keeps the picture under a number and draws it wherever cells hold the placeholder in a colour that spells
the number. The cells are ordinary text: what lies above hides them, and a new picture under the same number appears in
them without a cell being written.

References
----------
Goyal, "Terminal graphics protocol", section "Unicode placeholders", https://sw.kovidgoyal.net/kitty/graphics-protocol/.
"""

from __future__ import annotations

import base64
import unicodedata
import zlib

import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_PLACEHOLDER = "\U0010eeee"
_CHUNK = 4096  # the protocol's limit for a piece of a transmission
_LEFT_OUT = frozenset(
    (*range(0x300, 0x305), *range(0x306, 0x30D), 0x30F, 0x311, 0x313, 0x314, 0x342, 0x653, 0x654)
)  # marks that change with normalisation
_LAST = 0x82D  # from here on, newer editions of Unicode have put characters between those of the protocol


def _list_diacritics() -> tuple[str, ...]:
    """Return the marks that stand for 0, 1, 2 and so on: above the letter, without decomposition, in order."""
    marks = (chr(code) for code in range(0x300, _LAST + 1) if code not in _LEFT_OUT)
    return tuple(mark for mark in marks if unicodedata.combining(mark) == 230 and not unicodedata.decomposition(mark))


_DIACRITICS = _list_diacritics()
MOST_ROWS = len(_DIACRITICS)
"""Rows of cells that a picture can have."""


def encode_kitty(picture: NDArray[np.uint8], size: tuple[int, int], number: int) -> str:
    """Return the sequence that gives the terminal ``picture`` (H, W, 3) RGB under ``number``, for ``size`` cells."""
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"expected an RGB picture (H, W, 3), got shape {picture.shape}")
    height, width = picture.shape[:2]
    rows, columns = size
    data = base64.b64encode(zlib.compress(picture.tobytes(), 1)).decode("ascii")
    pieces = [data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK)]
    first = f"a=T,U=1,i={number},f=24,o=z,s={width},v={height},c={columns},r={rows},q=2,"
    last = len(pieces) - 1
    return "".join(
        f"\x1b_G{first if place == 0 else 'q=2,'}m={int(place < last)};{piece}\x1b\\"
        for place, piece in enumerate(pieces)
    )


def placeholders(size: tuple[int, int], number: int) -> list[Strip]:
    """Return ``size`` (rows, columns) of cells in which picture ``number``, below 2**24, appears.

    Columns for which there is no mark take theirs from the cell to their left, as the protocol has it.
    """
    rows, columns = size
    if rows > MOST_ROWS:
        raise ValueError(f"a picture can have {MOST_ROWS} rows, got {rows}")
    style = Style.from_color(Color.from_rgb(number >> 16 & 0xFF, number >> 8 & 0xFF, number & 0xFF))
    marks = [*_DIACRITICS[:columns], *[""] * (columns - MOST_ROWS)]
    return [
        Strip([Segment("".join(_PLACEHOLDER + _DIACRITICS[row] + mark for mark in marks), style)], columns)
        for row in range(rows)
    ]
