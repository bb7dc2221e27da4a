"""Notices that the picture of a running stream stands still: the scanner was frozen, or its picture no longer comes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame
from streamseg.scan.thumbnail import shrunk, thumbnail_size

STILL_NS = 1_000_000_000
FEWEST_FRAMES = 8
# Of the smaller picture that is compared: its longer side, at most.
LONGEST_PX = 160
# What a mean over a block of pixels may change by for noise and compression, in grey levels, and the share of blocks
# that may change more: a clock, a blinking cursor. On real cines 5 % of the blocks change within a third of a second.
NOISE_LEVELS = 4
CHANGING_SHARE = 0.005
# The smaller picture is made in so many bands, from the middle: of most pictures that move, the first one shows it.
BANDS = 4
# A longer step, such as over a seek, counts as this much: what was not seen was not still.
LONGEST_STEP_NS = 500_000_000


class FreezeDetector:
    """Says of each frame of a stream, in their order, whether the picture is frozen there.

    It is once it has shown the same picture, but for noise, for a second and for at least 8 frames; and it no longer is
    with the first frame that shows another one. Time is media time, or that of the capture where a frame has none, so
    that a file is judged alike however fast it is played.

    A slice of a stack is never frozen (a frame that knows its place in space, or is in Hounsfield units), nor is a
    picture of one level. A frame of a file that is shown again, held or sought, adds nothing.

    Not for several threads at once.
    """

    def __init__(self) -> None:
        self._reference: _Small | None = None
        self._before: Frame | None = None
        self._still_ns = 0
        self._count = 0

    def update(self, frame: Frame) -> bool:
        """Take the next ``frame`` of the stream, and return whether the picture is frozen at it."""
        if frame.unit == "hu" or frame.plane is not None or frame.position_mm is not None:
            return False
        step_ns, is_repeated = self._step(frame)
        self._before = frame
        picture = _Small(frame.image)
        if self._reference is None or not picture.is_like(self._reference):
            # Compared with the first of those alike, and not with the one before: a slow change is one too.
            self._reference, self._still_ns, self._count = picture, 0, 1
            return False
        self._still_ns += step_ns
        self._count += not is_repeated
        is_long = self._still_ns >= STILL_NS and self._count >= FEWEST_FRAMES
        return is_long and picture.contrast > NOISE_LEVELS

    def _step(self, frame: Frame) -> tuple[int, bool]:
        """Return the time from the frame before, and whether it is the same one of a file again."""
        before = self._before
        if before is None:
            return 0, False
        is_repeated = frame.media_index is not None and frame.media_index == before.media_index
        step_ns = 0 if is_repeated else max(0, _time_ns(frame) - _time_ns(before))
        return min(step_ns, LONGEST_STEP_NS), is_repeated


class _Small:
    """A picture, small and grey, in bands of rows that are made when they are looked at."""

    def __init__(self, image: NDArray[np.uint8]) -> None:
        self._image = image
        self._size = thumbnail_size((image.shape[0], image.shape[1]), LONGEST_PX)
        self._made: list[NDArray[np.uint8]] = []

    def is_like(self, other: _Small) -> bool:
        """Whether both show the same, but for noise and little that changes."""
        if self._size != other._size:
            return False
        allowed, changed = CHANGING_SHARE * self._size[0] * self._size[1], 0
        for one, another in zip(self._bands(), other._bands(), strict=True):
            changed += int(np.count_nonzero(cv2.absdiff(one, another) > NOISE_LEVELS))
            if changed > allowed:
                return False
        return True

    @property
    def contrast(self) -> int:
        """Levels from the darkest to the brightest."""
        bands = list(self._bands())
        return max(int(band.max()) for band in bands) - min(int(band.min()) for band in bands)

    def _bands(self) -> Iterator[NDArray[np.uint8]]:
        yield from self._made
        for rows, height in _cuts(self._image.shape[0], self._size[0])[len(self._made) :]:
            self._made.append(shrunk(self._image[rows], (height, self._size[1])))
            yield self._made[-1]


@lru_cache(maxsize=4)
def _cuts(rows: int, small_rows: int) -> tuple[tuple[slice, int], ...]:
    """Return the bands of a picture of so many rows, from the middle, and of how many rows each is in the small one."""
    edges = [small_rows * nth // BANDS for nth in range(BANDS + 1)] if small_rows >= BANDS else [0, small_rows]
    cuts = [(slice(rows * top // small_rows, rows * end // small_rows), end - top) for top, end in pairwise(edges)]
    return tuple(sorted(cuts, key=lambda cut: abs(cut[0].start + cut[0].stop - rows)))


def _time_ns(frame: Frame) -> int:
    return frame.captured_ns if frame.media_time_ns is None else frame.media_time_ns
