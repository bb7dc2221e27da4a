"""Notices that the picture of a running stream stands still: the scanner was frozen, or its picture no longer comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame
from streamseg.scan.thumbnail import thumbnail

STILL_NS = 1_000_000_000
FEWEST_FRAMES = 8
# Of the smaller picture that is compared: its longer side, at most.
LONGEST_PX = 160
# What a mean over a block of pixels may change by for noise and compression, in grey levels, and the share of blocks
# that may change more: a clock, a blinking cursor. On real cines 5 % of the blocks change within a third of a second.
NOISE_LEVELS = 4
CHANGING_SHARE = 0.005
# A longer step, such as over a seek, counts as this much: what was not seen was not still.
LONGEST_STEP_NS = 500_000_000


class FreezeDetector:
    """Says of each frame of a stream, in their order, whether the picture is frozen there.

    It is once it has shown the same picture, but for noise, for a second and for at least 8 frames; and it no longer is
    with the first frame that shows another one. Time is media time, or that of the capture where a frame has none, so
    that a file is judged alike however fast it is played.

    A slice of a stack is never frozen (a frame that knows its place in space, or is in Hounsfield units), nor is a
    picture of one level. A frame of a file that is shown again, held or sought, adds nothing.

    Not for several threads at once. A frame takes 0.2 to 0.6 ms of one core, 640x480 to 1920x1080.
    """

    def __init__(self) -> None:
        self._reference: NDArray[np.int16] | None = None
        self._before: Frame | None = None
        self._still_ns = 0
        self._count = 0

    def update(self, frame: Frame) -> bool:
        """Take the next ``frame`` of the stream, and return whether the picture is frozen at it."""
        if frame.unit == "hu" or frame.plane is not None or frame.position_mm is not None:
            return False
        step_ns, is_repeated = self._step(frame)
        self._before = frame
        picture = thumbnail(frame.image, LONGEST_PX).astype(np.int16)
        if not self._is_same(picture):
            # Compared with the first of those alike, and not with the one before: a slow change is one too.
            self._reference, self._still_ns, self._count = picture, 0, 1
            return False
        self._still_ns += step_ns
        self._count += not is_repeated
        is_long = self._still_ns >= STILL_NS and self._count >= FEWEST_FRAMES
        return is_long and int(np.ptp(picture)) > NOISE_LEVELS

    def _step(self, frame: Frame) -> tuple[int, bool]:
        """Return the time from the frame before, and whether it is the same one of a file again."""
        before = self._before
        if before is None:
            return 0, False
        is_repeated = frame.media_index is not None and frame.media_index == before.media_index
        step_ns = 0 if is_repeated else max(0, _time_ns(frame) - _time_ns(before))
        return min(step_ns, LONGEST_STEP_NS), is_repeated

    def _is_same(self, picture: NDArray[np.int16]) -> bool:
        if self._reference is None or self._reference.shape != picture.shape:
            return False
        changed = np.abs(picture - self._reference) > NOISE_LEVELS
        return int(np.count_nonzero(changed)) <= CHANGING_SHARE * picture.size


def _time_ns(frame: Frame) -> int:
    return frame.captured_ns if frame.media_time_ns is None else frame.media_time_ns
