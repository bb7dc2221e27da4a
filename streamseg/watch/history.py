"""The pictures that were shown last, as many as fit into a bound of memory, and which of them is looked at."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.outline import NO_COVER, Cover


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """A canvas (H, W, 3) RGB, the index of the frame that it shows, and what is black where it is saved."""

    canvas: NDArray[np.uint8]
    index: int
    cover: Cover = NO_COVER


class History:
    """Keeps the newest pictures and looks at one of them: the newest, until it is told to go back."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._pictures: deque[Shown] = deque()
        self._held_bytes = 0
        self._behind = 0

    @property
    def current(self) -> Shown | None:
        """The picture that is looked at; None before the first."""
        return self._pictures[-1 - self._behind] if self._pictures else None

    @property
    def behind(self) -> int:
        """How many newer pictures there are than the one that is looked at."""
        return self._behind

    def add(self, shown: Shown) -> None:
        """Keep a new picture and look at it; the oldest are let go to stay within the bound.

        A picture of the newest frame drawn anew takes the place of the one before.
        """
        if self._pictures and self._pictures[-1].index == shown.index:
            self._held_bytes -= self._pictures.pop().canvas.nbytes
        self._pictures.append(shown)
        self._held_bytes += shown.canvas.nbytes
        while self._held_bytes > self._limit_bytes and len(self._pictures) > 1:
            self._held_bytes -= self._pictures.popleft().canvas.nbytes
        self._behind = 0

    def go(self, steps: int) -> bool:
        """Look ``steps`` pictures further, or back where negative. Return whether there is such a picture."""
        behind = self._behind - steps
        if not 0 <= behind < len(self._pictures):
            return False
        self._behind = behind
        return True

    def go_to_newest(self) -> None:
        """Look at the newest picture."""
        self._behind = 0
