"""Where on its canvas the picture of a frame stands."""

from __future__ import annotations

from streamseg.geometry import Box, Size
from streamseg.settings import OverlayMode

# Narrower than this no caption can be read; a smaller picture stands in the middle.
_NARROWEST_PX = 128
# Between the picture and the overlay beside it.
_GUTTER_PX = 4


def canvas_width_px(width_px: int, mode: OverlayMode) -> int:
    """Return the width of the canvas for pictures of ``width_px``; it is even."""
    return even(max(_drawn_width_px(width_px, mode), _NARROWEST_PX))


def picture_panes(size: Size, mode: OverlayMode) -> tuple[Box, ...]:
    """Return where pictures of ``size`` (height, width) stand on their canvas; the last one takes the overlay."""
    height, width = size
    drawn_width = _drawn_width_px(width, mode)
    left = (canvas_width_px(width, mode) - drawn_width) // 2
    lefts = sorted({left, left + drawn_width - width})
    return tuple(Box(0, each, height, width) for each in lefts)


def even(length_px: int) -> int:
    """Return ``length_px``, or one more where it is odd: encoders take even sizes only."""
    return length_px + length_px % 2


def _drawn_width_px(width_px: int, mode: OverlayMode) -> int:
    return 2 * width_px + _GUTTER_PX if mode == "side-by-side" else width_px
