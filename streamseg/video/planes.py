"""The planes of FFmpeg's frames as arrays."""

from __future__ import annotations

import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray


def pixels_of(plane: VideoPlane) -> NDArray[np.uint8]:
    """Return the memory (H, W) of a ``plane`` of 8 bits, without what its rows are padded with; no pixel is copied."""
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]
