"""A sheet of characters, written on and then cut into strips."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip


class Cells:
    """Characters of one cell each, with their styles; what lies outside the sheet is cut off.

    Cells that nothing is written to are blank in style ``ground``: without one, the terminal's own background would
    show through.
    """

    def __init__(self, height: int, width: int, ground: Style) -> None:
        if height < 0 or width < 0:
            raise ValueError(f"a sheet cannot have a negative size, got {height} x {width}")
        self._height = height
        self._width = width
        self._rows: list[list[tuple[str, Style]]] = [[(" ", ground)] * width for _ in range(height)]

    def write(self, y: int, x: int, text: str, style: Style) -> None:
        """Write ``text`` from cell (y, x) on, over what was there."""
        if not 0 <= y < self._height:
            return
        for column, character in enumerate(text, x):
            if 0 <= column < self._width:
                self._rows[y][column] = (character, style)

    def write_right(self, y: int, end: int, text: str, style: Style) -> None:
        """Write ``text`` so that it ends before column ``end``."""
        self.write(y, end - len(text), text, style)

    def at(self, y: int, x: int) -> str:
        """Return the character in cell (y, x)."""
        return self._rows[y][x][0]

    def strips(self) -> list[Strip]:
        """Return the rows; neighbours of one style become one segment."""
        return [
            Strip(
                [
                    Segment("".join(character for character, _ in run), style)
                    for style, run in groupby(row, key=itemgetter(1))
                ],
                self._width,
            )
            for row in self._rows
        ]
