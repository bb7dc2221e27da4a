"""The canvas: the picture with its heatmap and outline, and the caption under it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.display import displayed
from streamseg.frame import Segmentation
from streamseg.model_card import Window
from streamseg.outline import NO_COVER, Cover
from streamseg.overlay.callipers import paint_callipers
from streamseg.overlay.caption import Caption
from streamseg.overlay.contour import paint_contour
from streamseg.overlay.heatmap import paint_heatmap
from streamseg.overlay.panes import canvas_width_px, even, picture_panes
from streamseg.overlay.sides import paint_sides
from streamseg.overlay.strip import BACKGROUND, paint_strip, strip_height_px
from streamseg.settings import OverlaySettings


def draw(
    segmentation: Segmentation,
    *,
    settings: OverlaySettings,
    caption: Caption,
    window: Window | None = None,
    cover: Cover = NO_COVER,
) -> NDArray[np.uint8]:
    """Return the canvas (H', W', 3) RGB of ``segmentation``, read-only, height and width even.

    The picture is never scaled, and no pixel of it is covered by the caption. The size of the canvas follows from the
    frame's size, the mode and the names in the caption.

    Parameters
    ----------
    window
        Intensity window for frames in Hounsfield units; that of the model's card, unless the user chose another.
    cover
        What of the picture is black.

    Raises
    ------
    ValueError
        The frame is in Hounsfield units and there is no window.
    """
    picture = cover.of_picture(displayed(segmentation.frame, window))
    height, width = segmentation.frame.size
    canvas_width = canvas_width_px(width, settings.mode)
    canvas_height = even(height + strip_height_px(caption, canvas_width))
    canvas = np.empty((canvas_height, canvas_width, 3), np.uint8)
    if canvas_width > width:
        canvas[:height] = BACKGROUND
    panes = [box.crop(canvas) for box in picture_panes((height, width), settings.mode)]
    for each in panes:
        _paint_picture(each, picture)
    pane = panes[-1]
    if settings.mode in ("heatmap", "both", "side-by-side"):
        paint_heatmap(pane, picture, segmentation.probability, settings)
    if settings.mode in ("contour", "both", "side-by-side"):
        paint_contour(pane, segmentation.mask, caption.rgb)
    if settings.callipers and settings.mode != "raw":
        paint_callipers(pane, segmentation)
    if settings.mode != "raw":
        paint_sides(pane, segmentation.frame)
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
