"""Many slices in one picture, each with the mask that was counted, its number and its place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Segmentation
from streamseg.geometry import Size, shrink
from streamseg.overlay.caption import AMBER, BRIGHT, FAINT, NOTICE, position_text
from streamseg.overlay.contour import contour_marks
from streamseg.overlay.lettering import Rgb, line_height_px, text_patch, wrap
from streamseg.overlay.mark import paint
from streamseg.overlay.strip import BACKGROUND

TILE_PX = 240
MOST_TILES = 30
_TYPE_PX = 15
_GAP_PX = 6


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One slice of a montage.

    Attributes
    ----------
    picture
        (H, W, 3) uint8 RGB, no side longer than `TILE_PX`.
    label
        What stands under it.
    """

    picture: NDArray[np.uint8]
    label: str


class Album:
    """Keeps the tiles of a stack until it is known which are shown: every slice of a short one, of a long one some.

    Whenever there are more than ``limit``, every second one of those without a finding is given up, then of all.
    """

    def __init__(self, limit: int = 600) -> None:
        self._limit = limit
        self._tiles: dict[int, tuple[Tile, bool]] = {}

    def add(self, place: int, tile: Tile, *, has_finding: bool) -> None:
        """Keep the tile of the slice at ``place``, instead of an older one of it."""
        self._tiles[place] = tile, has_finding
        if len(self._tiles) > self._limit:
            plain = [each for each in sorted(self._tiles) if not self._tiles[each][1]]
            for each in plain[1::2] or sorted(self._tiles)[1::2]:
                del self._tiles[each]

    def chosen(self, count: int = MOST_TILES) -> tuple[Tile, ...]:
        """Return the tiles of slices with a finding, or of all where there is none; evenly chosen if there are many."""
        places = [place for place in sorted(self._tiles) if self._tiles[place][1]] or sorted(self._tiles)
        steps = np.linspace(0, len(places) - 1, min(count, len(places)))
        return tuple(self._tiles[places[round(step)]][0] for step in steps.tolist())


def make_tile(segmentation: Segmentation, picture: NDArray[np.uint8], *, colour: Rgb) -> Tile:
    """Return a slice with the outline of its mask, made small. The smallest mask stays to be seen.

    Parameters
    ----------
    picture
        What is seen of the frame, grey (H, W) or RGB (H, W, 3).
    """
    height, width = picture.shape[:2]
    scale = min(1.0, TILE_PX / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    small = shrink(picture, size)
    coloured = np.array(cv2.cvtColor(small, cv2.COLOR_GRAY2RGB) if small.ndim == 2 else small, np.uint8)
    paint(contour_marks(_small_mask(segmentation.mask, size), colour), coloured)
    area = f"{segmentation.area_px} px" if segmentation.area_mm2 is None else f"{segmentation.area_mm2:.0f} mm2"
    parts = (
        f"slice {segmentation.frame.place + 1}",
        position_text(segmentation.frame),
        area if segmentation.area_px else "",
    )
    return Tile(coloured, "  ".join(part for part in parts if part))


def _small_mask(mask: NDArray[np.bool_], size: Size) -> NDArray[np.bool_]:
    """Return ``mask`` at a smaller size; a part that would vanish is kept as large as it can be."""
    cover = cv2.resize(mask.astype(np.float32), (size[1], size[0]), interpolation=cv2.INTER_AREA)
    is_half = cover >= 0.5
    count, labels = cv2.connectedComponents((cover > 0).astype(np.uint8), connectivity=8)
    vanished = np.setdiff1d(np.arange(1, count), labels[is_half])
    return np.asarray(is_half | np.isin(labels, vanished), np.bool_)


def montage(tiles: Sequence[Tile], heading: Sequence[str]) -> NDArray[np.uint8]:
    """Return the tiles row by row as (H, W, 3) RGB, under the lines of ``heading`` and over the notice of use.

    Raises
    ------
    ValueError
        There is no tile.
    """
    if not tiles:
        raise ValueError("a montage needs at least one tile, got none")
    columns = max(1, min(len(tiles), math.ceil(math.sqrt(len(tiles) * 1.3))))
    line_px = line_height_px(_TYPE_PX)
    cell_height = max(tile.picture.shape[0] for tile in tiles) + line_px + 2 * _GAP_PX
    cell_width = TILE_PX + _GAP_PX
    width = max(columns * cell_width + _GAP_PX, 3 * cell_width)
    head = [(line, BRIGHT) for text in heading for line in wrap(text, _TYPE_PX, width - 2 * _GAP_PX)]
    foot = [(line, AMBER) for line in wrap(NOTICE, _TYPE_PX, width - 2 * _GAP_PX)]
    top = len(head) * line_px + 2 * _GAP_PX
    bottom = top + math.ceil(len(tiles) / columns) * cell_height
    canvas = np.full((bottom + len(foot) * line_px + 2 * _GAP_PX, width, 3), BACKGROUND, np.uint8)
    _write(canvas, head, _GAP_PX)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        _place(canvas, tile, top + row * cell_height, _GAP_PX + column * cell_width)
    _write(canvas, foot, bottom + _GAP_PX)
    return canvas


def _place(canvas: NDArray[np.uint8], tile: Tile, top: int, left: int) -> None:
    height, width = tile.picture.shape[:2]
    inset = left + (TILE_PX - width) // 2
    canvas[top : top + height, inset : inset + width] = tile.picture
    _stamp(canvas, wrap(tile.label, _TYPE_PX, TILE_PX)[0], FAINT, (top + height + 2, left))


def _write(canvas: NDArray[np.uint8], lines: Sequence[tuple[str, Rgb]], top: int) -> None:
    for number, (text, colour) in enumerate(lines):
        _stamp(canvas, text, colour, (top + number * line_height_px(_TYPE_PX), _GAP_PX))


def _stamp(canvas: NDArray[np.uint8], text: str, colour: Rgb, corner: tuple[int, int]) -> None:
    patch = text_patch(text, _TYPE_PX, colour, BACKGROUND)
    top, left = corner
    canvas[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
