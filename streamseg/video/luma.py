"""Grey levels straight from the luma of a decoded frame, where there is no colour in it."""

from __future__ import annotations

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from numpy.typing import NDArray

from streamseg.video.planes import pixels_of

# 8 bits, luma before chroma: what nearly every file holds, and of which FFmpeg's way to RGB is known to a level.
LAYOUTS = frozenset({"yuv420p", "yuv422p", "yuvj420p", "yuvj422p"})
# Both chroma values of a pixel without colour.
NEUTRAL = 128
# Luma of black where the range is limited to 16 to 235, ITU-R BT.601 and BT.709.
BLACK = 16
# And grey levels to one of luma, where white is 235.
STRETCH = 255 / 219


def grey_of(frame: VideoFrame) -> NDArray[np.uint8] | None:
    """Return the grey levels (H, W), 0 to 255, of a ``frame`` without colour; None of any other.

    They are what FFmpeg makes of it in RGB, in each of the three channels: the luma itself where it has the full range,
    and where it has 16 to 235, that stretched to 0 to 255, rounded down. An array may lie in the memory of the frame.
    """
    if frame.format.name not in LAYOUTS:
        return None
    luma, *chroma = (pixels_of(plane) for plane in frame.planes)
    if any(cv2.minMaxLoc(plane)[:2] != (NEUTRAL, NEUTRAL) for plane in chroma):
        return None
    if frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj"):
        return luma
    # A weighted sum of one picture, since that scales, shifts and holds negative values at 0 at once: a step more takes
    # memory for another picture. OpenCV rounds to the nearest level; a shift of a half would leave ties to chance.
    return np.asarray(cv2.addWeighted(luma, STRETCH, luma, 0, -0.49 - BLACK * STRETCH), np.uint8)
