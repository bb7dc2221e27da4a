"""Small grey pictures of frames, cheap enough to be made of every one."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Size
from streamseg.intensity import to_grey


def thumbnail_size(size: Size, longest_px: int) -> Size:
    """Return ``size`` (height, width) scaled down so that the longer side is at most ``longest_px``."""
    scale = min(1.0, longest_px / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def thumbnail(image: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Return ``image``, grey (H, W) or RGB (H, W, 3), as grey of `thumbnail_size`, 0 to 255; see `shrunk`."""
    return shrunk(image, thumbnail_size((image.shape[0], image.shape[1]), longest_px))


def shrunk(image: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    """Return ``image``, grey (H, W) or RGB (H, W, 3), as grey of ``size`` (height, width): means over blocks, 0 to 255.

    Of blocks of four rows and more, two or three are looked at: half the time, and means of the same use.
    """
    grey = to_grey(image[:: max(1, image.shape[0] // size[0] // 2)])
    if grey.shape == size:
        return grey.copy()
    return np.asarray(cv2.resize(grey, (size[1], size[0]), interpolation=cv2.INTER_AREA), np.uint8)
