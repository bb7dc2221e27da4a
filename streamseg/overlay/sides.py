"""Letters at the edges of a slice that say which side of the patient is there, as radiologists know them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame
from streamseg.geometry import Box
from streamseg.overlay.lettering import Rgb, text_patch
from streamseg.overlay.mark import Mark

# Against and along each axis: right and left, front (anterior) and back (posterior), feet and head.
LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))
COLOUR: Rgb = (228, 231, 235)
BACKGROUND: Rgb = (0, 0, 0)
MARGIN_PX = 4


def sides(frame: Frame) -> tuple[str, str] | None:
    """Return the letters of the left and of the upper edge; None where it is not known how the patient lies in it.

    A picture without a position may have a place in the room, as a tracked probe has, but not in a patient.
    """
    if frame.plane is None or frame.position_mm is None:
        return None
    return _opposite(frame.plane.across), _opposite(frame.plane.down)


def side_marks(frame: Frame) -> tuple[Mark, ...]:
    """Return the letters of ``frame``, at the middle of its left and of its upper edge, where there is room."""
    letters = sides(frame)
    if letters is None:
        return ()
    height, width = frame.size
    size_px = max(12, min(height, width) // 28)
    marks = []
    for letter, is_left in zip(letters, (True, False), strict=True):
        patch = text_patch(letter, size_px, COLOUR, BACKGROUND)
        top = (height - patch.shape[0]) // 2 if is_left else MARGIN_PX
        left = MARGIN_PX if is_left else (width - patch.shape[1]) // 2
        if min(top, left) >= 0 and top + patch.shape[0] <= height and left + patch.shape[1] <= width:
            box = Box(top, left, patch.shape[0], patch.shape[1])
            marks.append(Mark(box, partial(_set, box=box, patch=patch)))
    return tuple(marks)


def _set(pane: NDArray[np.uint8], *, box: Box, patch: NDArray[np.uint8]) -> None:
    box.crop(pane)[...] = patch


def _opposite(direction: Sequence[float]) -> str:
    """Return the letter of the side that ``direction`` (x, y, z) comes from: to the left, the back and the head."""
    axis = int(np.argmax(np.abs(direction)))
    return LETTERS[axis][0 if direction[axis] > 0 else 1]
