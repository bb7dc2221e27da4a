"""Pictures in characters: two pixels to a cell in true colour, and what lesser terminals can show. Pure functions."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

ColourDepth = Literal["true", "256", "none", "ascii"]
"""What the terminal can show: 24-bit colour, the 256 of xterm, Unicode without colour, or ASCII alone."""

_HALF = "▀"
# 32 levels a channel: nobody sees more on cells, neighbours of one colour join, and there are fewer styles to keep.
_KEPT_BITS = 0xF8
_CUBE = np.array([0, 95, 135, 175, 215, 255], np.uint8)  # xterm's 6 x 6 x 6 colours
_CUBE_LEVELS = _CUBE[np.searchsorted((_CUBE[1:].astype(int) + _CUBE[:-1]) / 2, np.arange(256))]
_GREY_LEVELS = np.rint(np.rint(np.arange(256) / 10.2) * 10.2).astype(np.uint8)  # 26 steps, as Rich counts them
_GREY_CHROMA = 24
_GREY_RAMP = np.array(list(" .:-=+*#%@"))
_MARKED_RAMP = np.array(list("oxXO08"))
_SHADES = np.array(list(" ░▒▓█"))
_MARKED_CHROMA = 48


def fit(picture_size: tuple[int, int], room: tuple[int, int], cell_px: tuple[int, int] = (20, 10)) -> tuple[int, int]:
    """Return the cells (rows, columns) that a picture of ``picture_size`` px fills in ``room`` with its aspect kept.

    ``cell_px`` is the height and width of a cell.
    """
    height, width = picture_size
    rows, columns = room
    if min(*picture_size, *room, *cell_px) < 1:
        raise ValueError(f"picture, room and cell must not be empty, got {picture_size}, {room}, {cell_px}")
    scale = min(rows * cell_px[0] / height, columns * cell_px[1] / width)
    fitting = (round(height * scale / cell_px[0]), round(width * scale / cell_px[1]))
    return min(rows, max(1, fitting[0])), min(columns, max(1, fitting[1]))


def scale_to(picture: NDArray[np.uint8], size_px: tuple[int, int]) -> NDArray[np.uint8]:
    """Return ``picture`` (H, W, 3) scaled to ``size_px`` (height, width)."""
    height, width = size_px
    is_smaller = height * width < picture.shape[0] * picture.shape[1]
    how = cv2.INTER_AREA if is_smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)


def thin_out(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return ``pixels`` in 32 levels a channel, black and white kept."""
    return np.asarray((pixels & _KEPT_BITS) | (pixels >> 5), np.uint8)


def draw_blocks(picture: NDArray[np.uint8], size: tuple[int, int], depth: ColourDepth = "true") -> list[Strip]:
    """Return ``size`` (rows, columns) of cells that show ``picture`` (H, W, 3) RGB, stretched to fill them."""
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise ValueError(f"expected an RGB picture (H, W, 3), got shape {picture.shape}")
    rows, columns = size
    if depth in {"none", "ascii"}:
        return _draw_characters(scale_to(picture, (rows, columns)), is_ascii=depth == "ascii")
    pixels = scale_to(picture, (2 * rows, columns))
    pixels = _snap_to_256(pixels) if depth == "256" else thin_out(pixels)
    red, green, blue = np.moveaxis(pixels.astype(np.int64), 2, 0)
    packed = red << 16 | green << 8 | blue
    pairs = packed[0::2] << 24 | packed[1::2]
    return [_strip(row, columns) for row in pairs]


def _strip(pairs: NDArray[np.int64], columns: int) -> Strip:
    starts = np.concatenate([[0], np.flatnonzero(pairs[1:] != pairs[:-1]) + 1])
    lengths = np.diff(starts, append=columns).tolist()
    runs = zip(pairs[starts].tolist(), lengths, strict=True)
    return Strip([Segment(_HALF * length, _style(pair)) for pair, length in runs], columns)


@lru_cache(maxsize=1 << 16)
def _style(pair: int) -> Style:
    """Return the style for upper and lower colour, 24 bits each; kept, since making one takes longest of all."""
    return Style.from_color(_colour(pair >> 24), _colour(pair & 0xFFFFFF))


@lru_cache(maxsize=1 << 15)
def _colour(packed: int) -> Color:
    return Color.from_triplet(ColorTriplet(packed >> 16, packed >> 8 & 0xFF, packed & 0xFF))


def _snap_to_256(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the colours that the terminal will show anyway: its greys for what is nearly grey, else its cube's."""
    red, green, blue = np.moveaxis(pixels, 2, 0)
    is_grey = _chroma(pixels) < _GREY_CHROMA
    grey = _GREY_LEVELS[(red.astype(np.uint16) + green + blue) // 3]
    return np.where(is_grey[..., None], grey[..., None], _CUBE_LEVELS[pixels])


def _chroma(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return how far the channels of each pixel lie apart (H, W), 0 for a grey."""
    red, green, blue = np.moveaxis(pixels, 2, 0)
    highest = np.maximum(np.maximum(red, green), blue)
    return np.asarray(highest - np.minimum(np.minimum(red, green), blue), np.uint8)


def _draw_characters(pixels: NDArray[np.uint8], *, is_ascii: bool) -> list[Strip]:
    """Draw brightness as characters, and what is coloured (the heatmap) with letters, so that it stands out."""
    light = pixels.mean(axis=2) / 255
    is_marked = _chroma(pixels) >= _MARKED_CHROMA
    ramp = _GREY_RAMP if is_ascii else _SHADES
    plain = ramp[np.minimum((light * len(ramp)).astype(int), len(ramp) - 1)]
    marked = _MARKED_RAMP[np.minimum((light * len(_MARKED_RAMP)).astype(int), len(_MARKED_RAMP) - 1)]
    rows = np.where(is_marked, marked, plain)
    return [Strip([Segment("".join(row))], len(row)) for row in rows]
