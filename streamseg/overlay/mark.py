"""What is drawn over a picture, worked out once and painted wherever it is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Something drawn over a picture.

    Attributes
    ----------
    box
        No pixel outside of it is changed.
    paint
        Draws it onto a picture (H, W, 3) RGB, in place; a pixel becomes what it was and the mark make of it, and no
        other pixel counts.
    """

    box: Box
    paint: Callable[[NDArray[np.uint8]], None]


def paint(marks: Iterable[Mark], pane: NDArray[np.uint8]) -> None:
    """Draw ``marks`` onto ``pane`` (H, W, 3) RGB, one over the other."""
    for mark in marks:
        mark.paint(pane)
