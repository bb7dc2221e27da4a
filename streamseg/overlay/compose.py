"""The canvas: the picture with its heatmap and outline, and the caption under it."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.display import displayed
from streamseg.frame import Segmentation
from streamseg.model_card import Window
from streamseg.outline import Cover
from streamseg.overlay.callipers import calliper_marks
from streamseg.overlay.caption import Caption
from streamseg.overlay.contour import contour_marks
from streamseg.overlay.heatmap import heat_marks
from streamseg.overlay.lettering import Rgb
from streamseg.overlay.mark import Mark, paint
from streamseg.overlay.panes import canvas_width_px, even, picture_panes
from streamseg.overlay.sides import side_marks
from streamseg.overlay.strip import BACKGROUND, paint_strip, strip_height_px
from streamseg.settings import OverlaySettings


def draw(
    segmentation: Segmentation,
    *,
    settings: OverlaySettings,
    caption: Caption,
    window: Window | None = None,
    marks: Iterable[Mark] | None = None,
) -> NDArray[np.uint8]:
    """Return the canvas (H', W', 3) RGB of ``segmentation``, read-only, height and width even.

    The picture is never scaled, and no pixel of it is covered by the caption. The size of the canvas follows from the
    frame's size, the mode and the names in the caption.

    Parameters
    ----------
    window
        Intensity window for frames in Hounsfield units; that of the model's card, unless the user chose another.
    marks
        What is drawn over the picture, where it was worked out before: `overlay_marks`.

    Raises
    ------
    ValueError
        The frame is in Hounsfield units and there is no window.
    """
    picture = displayed(segmentation.frame, window)
    height, width = segmentation.frame.size
    canvas_width = canvas_width_px(width, settings.mode)
    strip_height = strip_height_px(caption, canvas_width)
    canvas = np.empty((even(height + strip_height), canvas_width, 3), np.uint8)
    if canvas_width > width:
        canvas[:height] = BACKGROUND
    panes = [box.crop(canvas) for box in picture_panes((height, width), settings.mode)]
    for each in panes:
        _paint_picture(each, picture)
    paint(overlay_marks(segmentation, settings, caption.rgb) if marks is None else marks, panes[-1])
    paint_strip(canvas[height : height + strip_height], segmentation, settings, caption)
    canvas[height + strip_height :] = BACKGROUND
    canvas.flags.writeable = False
    return canvas


def overlay_marks(segmentation: Segmentation, settings: OverlaySettings, colour: Rgb) -> tuple[Mark, ...]:
    """Return what is drawn over the picture of ``segmentation``, the outline of the mask in ``colour``."""
    if settings.mode == "raw":
        return ()
    has_heat = settings.mode in ("heatmap", "both", "side-by-side")
    has_outline = settings.mode in ("contour", "both", "side-by-side")
    return (
        *(heat_marks(segmentation.probability, settings, region=segmentation.region) if has_heat else ()),
        *(contour_marks(segmentation.mask, colour) if has_outline and segmentation.area_px else ()),
        *(calliper_marks(segmentation) if settings.callipers else ()),
        *side_marks(segmentation.frame),
    )


def blacked_out(canvas: NDArray[np.uint8], marks: Iterable[Mark], cover: Cover) -> NDArray[np.uint8]:
    """Return a copy of ``canvas`` (H', W', 3) without what ``cover`` hides of its picture, but with all its ``marks``.

    To the bit what drawing anew over a picture that is black there gives, and several times as fast: where the picture
    shows the canvas is right as it is, and only what reaches beyond is painted once more, over black.
    """
    shown, pane = cover.shown_of_canvas(canvas.shape[:2]), cover.panes[-1]
    # Not np.zeros, which takes fresh memory from the operating system: that takes longer than all of this.
    kept = np.zeros_like(canvas)
    beyond = (each for each in marks if cv2.countNonZero(each.box.crop(pane.crop(shown))) < each.box.area)
    paint(beyond, pane.crop(kept))
    cv2.copyTo(canvas, shown, kept)
    kept.flags.writeable = False
    return kept


def _paint_picture(pane: NDArray[np.uint8], picture: NDArray[np.uint8]) -> None:
    if picture.ndim == 3:
        np.copyto(pane, picture)
    else:
        cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB, dst=pane)
