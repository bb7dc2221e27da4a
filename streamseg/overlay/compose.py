"""The canvas: the picture with its heatmap and outline, and the caption under it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.display import displayed
from streamseg.frame import Segmentation
from streamseg.model_card import Window
from streamseg.overlay.caption import Caption
from streamseg.overlay.contour import paint_contour
from streamseg.overlay.heatmap import paint_heatmap
from streamseg.overlay.strip import BACKGROUND, paint_strip, strip_height_px
from streamseg.settings import OverlaySettings

# Narrower than this no caption can be read; a smaller picture stands in the middle.
_NARROWEST_PX = 128
# Between the picture and the overlay beside it.
_GUTTER_PX = 4


def draw(
    segmentation: Segmentation, *, settings: OverlaySettings, caption: Caption, window: Window | None = None
) -> NDArray[np.uint8]:
    """Return the canvas (H', W', 3) RGB of ``segmentation``, read-only, height and width even.

    The picture is never scaled, and no pixel of it is covered by the caption. The size of the canvas follows from the
    frame's size, the mode and the names in the caption.

    Parameters
    ----------
    window
        Intensity window for frames in Hounsfield units; that of the model's card, unless the user chose another.

    Raises
    ------
    ValueError
        The frame is in Hounsfield units and there is no window.
    """
    picture = displayed(segmentation.frame, window)
    height, width = segmentation.frame.size
    is_double = settings.mode == "side-by-side"
    drawn_width = 2 * width + _GUTTER_PX if is_double else width
    canvas_width = _even(max(drawn_width, _NARROWEST_PX))
    canvas_height = _even(height + strip_height_px(caption, canvas_width))
    canvas = np.empty((canvas_height, canvas_width, 3), np.uint8)
    left = (canvas_width - drawn_width) // 2
    if canvas_width > width:
        canvas[:height] = BACKGROUND
    if is_double:
        _paint_picture(canvas[:height, left : left + width], picture)
    pane = canvas[:height, left + drawn_width - width : left + drawn_width]
    _paint_picture(pane, picture)
    if settings.mode in ("heatmap", "both", "side-by-side"):
        paint_heatmap(pane, picture, segmentation.probability, settings)
    if settings.mode in ("contour", "both", "side-by-side"):
        paint_contour(pane, segmentation.mask, caption.rgb)
    strip = canvas[height : height + strip_height_px(caption, canvas_width)]
    paint_strip(strip, segmentation, settings, caption)
    canvas[height + strip.shape[0] :] = BACKGROUND
    canvas.flags.writeable = False
    return canvas


def _paint_picture(pane: NDArray[np.uint8], picture: NDArray[np.uint8]) -> None:
    if picture.ndim == 3:
        np.copyto(pane, picture)
    else:
        cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB, dst=pane)


def _even(length_px: int) -> int:
    return length_px + length_px % 2
