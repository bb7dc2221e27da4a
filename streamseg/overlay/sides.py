"""Letters at the edges of a slice that say which side of the patient is there, as radiologists know them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame
from streamseg.overlay.lettering import Rgb, text_patch

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


def paint_sides(pane: NDArray[np.uint8], frame: Frame) -> None:
    """Write the letters into ``pane`` (H, W, 3) RGB, at the middle of its left and upper edge, where there is room."""
    letters = sides(frame)
    if letters is None:
        return
    height, width = pane.shape[:2]
    size_px = max(12, min(height, width) // 28)
    for letter, is_left in zip(letters, (True, False), strict=True):
        patch = text_patch(letter, size_px, COLOUR, BACKGROUND)
        top = (height - patch.shape[0]) // 2 if is_left else MARGIN_PX
        left = MARGIN_PX if is_left else (width - patch.shape[1]) // 2
        if min(top, left) >= 0 and top + patch.shape[0] <= height and left + patch.shape[1] <= width:
            pane[top : top + patch.shape[0], left : left + patch.shape[1]] = patch


def _opposite(direction: Sequence[float]) -> str:
    """Return the letter of the side that ``direction`` (x, y, z) comes from: to the left, the back and the head."""
    axis = int(np.argmax(np.abs(direction)))
    return LETTERS[axis][0 if direction[axis] > 0 else 1]
