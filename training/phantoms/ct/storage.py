"""How archives keep a picture: in full, clipped to eight bits, or as a JPEG in the brain window."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Storage = Literal["full", "clipped", "jpeg"]
LOWEST_HU, HIGHEST_HU = -1024, 3071
WINDOW_HU = (-20.0, 100.0)
"""Ends of the brain window, centre 40 and width 120 HU."""


def store(hu: NDArray[np.float32], storage: Storage, *, jpeg_quality: int = 90) -> NDArray[np.int16]:
    """Return ``hu`` (H, W) as read back from the archive, int16.

    ``"clipped"`` keeps 0 to 255 HU, ``"jpeg"`` the brain window with the losses of the compression.
    """
    if storage == "clipped":
        return np.asarray(np.rint(np.clip(hu, 0, 255)), np.int16)
    if storage == "jpeg":
        low, high = WINDOW_HU
        grey = np.rint((np.clip(hu, low, high) - low) * (255 / (high - low))).astype(np.uint8)
        _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, jpeg_quality])
        shown = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.float32)
        return np.asarray(np.rint(shown * np.float32((high - low) / 255) + np.float32(low)), np.int16)
    return np.asarray(np.rint(np.clip(hu, LOWEST_HU, HIGHEST_HU)), np.int16)
