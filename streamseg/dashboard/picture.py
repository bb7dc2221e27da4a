"""Views of the frame on screen for the preview: what the recording shows, and what lies under it. Pure functions."""

from __future__ import annotations

from typing import Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.display import displayed
from streamseg.frame import Rendering, Segmentation
from streamseg.model_card import Window
from streamseg.overlay.heatmap import colours_of
from streamseg.settings import ColourMap

View = Literal["overlay", "raw", "probability", "side by side"]
VIEWS: tuple[View, ...] = get_args(View)

# What half-blocks on a wall, or Sixel and Kitty, show at most.
_WIDEST_PX = 640
_GUTTER_PX = 8
_BACKGROUND = 24


def picture_of(
    rendering: Rendering, view: View, *, colour_map: ColourMap = "inferno", window: Window | None = None
) -> NDArray[np.uint8]:
    """Return the picture (H, W, 3) RGB for the preview, without the caption: the dashboard says all of that.

    Parameters
    ----------
    window
        Intensity window for frames in Hounsfield units; without one, their overlay is shown instead.
    """
    segmentation = rendering.segmentation
    overlay = rendering.canvas[: segmentation.frame.size[0]]
    if view == "probability":
        return _probability(segmentation, colour_map)
    if view == "overlay" or (segmentation.frame.unit == "hu" and window is None):
        return overlay
    raw = _raw(segmentation, window)
    if view == "raw":
        return raw
    left, right = _narrowed(raw, _WIDEST_PX // 2), _narrowed(overlay, _WIDEST_PX // 2)
    height = max(left.shape[0], right.shape[0])
    gutter = np.full((height, _GUTTER_PX, 3), _BACKGROUND, np.uint8)
    return np.hstack([_heightened(left, height), gutter, _heightened(right, height)])


def _raw(segmentation: Segmentation, window: Window | None) -> NDArray[np.uint8]:
    picture = displayed(segmentation.frame, window)
    if picture.ndim == 3:
        return picture
    return np.asarray(cv2.cvtColor(_narrowed(picture, _WIDEST_PX), cv2.COLOR_GRAY2RGB), np.uint8)


def _probability(segmentation: Segmentation, colour_map: ColourMap) -> NDArray[np.uint8]:
    probability = segmentation.probability
    height, width = probability.shape
    if width > _WIDEST_PX:
        size = (_WIDEST_PX, max(1, round(height * _WIDEST_PX / width)))
        probability = np.asarray(cv2.resize(probability, size, interpolation=cv2.INTER_AREA), np.float32)
    levels = cv2.convertScaleAbs(probability, alpha=255)
    return np.asarray(colours_of(colour_map)[levels], np.uint8)


def _narrowed(picture: NDArray[np.uint8], widest_px: int) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    if width <= widest_px:
        return picture
    size = (widest_px, max(1, round(height * widest_px / width)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _heightened(picture: NDArray[np.uint8], height: int) -> NDArray[np.uint8]:
    """Return ``picture`` in the middle of ``height`` rows."""
    top = (height - picture.shape[0]) // 2
    rows = ((top, height - picture.shape[0] - top), (0, 0), (0, 0))
    return np.pad(picture, rows, constant_values=_BACKGROUND)
