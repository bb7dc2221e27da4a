"""Pictures as Sixel graphics, for terminals such as xterm, foot, WezTerm, iTerm2 and Windows Terminal. Pure functions.

Sixel writes six rows of pixels (a band) at a time: for each colour a line of characters, each of which says in its six
bits where in that column the colour stands. Equal characters in a row are counted instead of repeated. All of it is
done for the whole picture at once in numpy; a loop over lines took up to three times as long.

References
----------
Digital Equipment Corporation 1990, VT330/VT340 Programmer Reference Manual, volume 2, chapter 14: Sixel graphics.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Magnification = Literal[1, 2, 3]
"""Pixels of the terminal, in both directions, for one of the picture."""

BAND_PX = 6
"""Rows of the terminal's pixels that are written at a time; what is drawn is a multiple of it high."""

_COLOURS = 40  # twice as many take half as long again, and nobody sees them in greys with a heatmap
_BLANK = 0x3F
_ZERO, _COUNT, _COLOUR, _SAME_BAND, _NEXT_BAND = b"0!#$-"
_LONGEST_RUN = 9_999


def encode_sixel(picture: NDArray[np.uint8], magnification: Magnification = 1) -> str:
    """Return ``picture`` (H, W, 3) RGB as a Sixel sequence, each pixel drawn ``magnification`` times as large.

    What is drawn must be a multiple of `BAND_PX` high. Magnified by 2, the same room takes a third of the time.
    """
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(f"expected an RGB picture (H, W, 3), got shape {picture.shape}")
    height, width = picture.shape[0] * magnification, picture.shape[1] * magnification
    if height % BAND_PX or width > _LONGEST_RUN:
        raise ValueError(f"expected to draw rows in sixes and at most {_LONGEST_RUN} columns, got {height} x {width}")
    paletted = Image.fromarray(picture).quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    indices = np.asarray(paletted)
    colours = int(indices.max()) + 1
    percent = (np.asarray(paletted.getpalette(), np.int64)[: 3 * colours].reshape(-1, 3) * 100 + 127) // 255
    registers = "".join(f"#{number};2;{red};{green};{blue}" for number, (red, green, blue) in enumerate(percent))
    lines, bands, numbers = _lines_of(indices, colours, magnification)
    runs = _write_lines(lines, _write_heads(bands, numbers), magnification)
    return f'\x1bP0;1;0q"1;1;{width};{height}{registers}{runs.decode("ascii")}\x1b\\'


def _lines_of(
    indices: NDArray[np.uint8], colours: int, magnification: Magnification
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return the characters (L, W) of each line that is not blank, less `_BLANK`, with its band and its colour."""
    height, width = indices.shape
    rows = BAND_PX // magnification
    bands = indices.reshape(height // rows, rows, width)
    first = np.arange(len(bands))[:, None] * colours
    bits = np.zeros(len(bands) * colours * width, np.uint8)
    for row in range(rows):
        mask = ((1 << magnification) - 1) << row * magnification
        bits[(first + bands[:, row]) * width + np.arange(width)] |= np.uint8(mask)
    lines = bits.reshape(-1, width)
    kept = np.flatnonzero(lines.any(axis=1))
    return lines[kept], kept // colours, kept % colours


def _write_lines(lines: NDArray[np.uint8], heads: NDArray[np.uint8], magnification: Magnification) -> bytes:
    """Return each line after its head, with its runs counted."""
    is_start = np.ones(lines.shape, np.bool_)
    np.not_equal(lines[:, 1:], lines[:, :-1], out=is_start[:, 1:])
    starts = np.flatnonzero(is_start)
    lengths = np.diff(starts, append=lines.size)
    characters = lines.ravel()[starts]
    line_of = starts // lines.shape[1]
    is_last = np.append(line_of[1:] != line_of[:-1], True)
    is_written = ~(is_last & (characters == 0))  # blanks at the end of a line need not be said
    runs = _write_runs(characters[is_written] + np.uint8(_BLANK), lengths[is_written] * magnification)
    places = np.searchsorted(line_of[is_written], np.arange(len(lines)))
    tokens = np.insert(runs, places, heads, axis=0)
    return tokens[tokens > 0].tobytes()


def _write_runs(characters: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return each run as six bytes, 0 for none: the character up to three times, else ``!``, its number and it."""
    tokens = np.zeros((len(characters), 6), np.uint8)
    for place in range(3):
        tokens[:, place] = np.where(lengths > place, characters, 0)
    is_long = lengths > 3
    tokens[is_long, 0] = _COUNT
    for place, power in enumerate((1000, 100, 10, 1), 1):
        counts = lengths[is_long]
        tokens[is_long, place] = np.where(counts >= power, counts // power % 10 + _ZERO, 0)
    tokens[is_long, 5] = characters[is_long]
    return tokens


def _write_heads(bands: NDArray[np.int64], numbers: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Return what stands before each line as six bytes, 0 for none: back to the left or on to the next band, colour."""
    tokens = np.zeros((len(bands), 6), np.uint8)
    is_next = np.append(False, bands[1:] != bands[:-1])
    tokens[:, 0] = np.where(is_next, _NEXT_BAND, _SAME_BAND)
    tokens[0, 0] = 0
    tokens[:, 1] = _COLOUR
    for place, power in enumerate((100, 10, 1), 2):
        tokens[:, place] = np.where((numbers >= power) | (power == 1), numbers // power % 10 + _ZERO, 0)
    return tokens
