"""A line of text that carries graphics along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from textual.strip import Strip


class CarryingStrip(Strip):
    """A strip with a terminal sequence that is written after its text.

    It is no segment of the strip, so that Textual never cuts into it. Where the line is divided, the last part carries
    it; where it is cropped, it is lost, and with it the picture until the next one.
    """

    __slots__ = ["sequence"]

    def __init__(self, line: Strip, sequence: str) -> None:
        super().__init__(list(line), line.cell_length)
        self.sequence = sequence

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CarryingStrip) and self.sequence == other.sequence and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of any strip

    def render(self, console: Console) -> str:
        """Return text and sequence as they go to the terminal."""
        return super().render(console) + self.sequence

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Divide the line; its last part carries the sequence."""
        parts = super().divide(cuts)
        if not parts or parts[-1] is self:
            return parts
        return [*parts[:-1], CarryingStrip(parts[-1], self.sequence)]
