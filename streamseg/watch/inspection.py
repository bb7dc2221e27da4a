"""What is worked out of a frame only when a view asks: how its probabilities lie, and the parts of its mask."""

from __future__ import annotations

import time

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Segmentation
from streamseg.geometry import Box
from streamseg.watch.snapshot import HISTOGRAM_BINS, Inspection

INTERVAL_NS = 100_000_000
# Probabilities come from a map of some 256x256; of a larger picture every n-th row and column tells as much.
_LARGEST_SIDE_PX = 512


def histogram(probability: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the share of the pixels of ``probability`` (H, W), 0 to 1, in each of `HISTOGRAM_BINS` equal bins."""
    stride = -(-max(probability.shape) // _LARGEST_SIDE_PX)
    thinned = np.ascontiguousarray(probability[::stride, ::stride])
    counts = cv2.calcHist([thinned], [0], None, [HISTOGRAM_BINS], [0.0, 1.0]).ravel().astype(np.float64)
    # OpenCV leaves the upper end of the range out.
    counts[-1] += np.count_nonzero(thinned >= 1)
    shares = counts / thinned.size
    shares.flags.writeable = False
    return shares


def inspect(segmentation: Segmentation) -> Inspection:
    """Return what a view may want to know of ``segmentation``."""
    count, largest_px = _parts(segmentation.mask)
    spacing = segmentation.frame.spacing_mm
    return Inspection(
        index=segmentation.frame.index,
        histogram=histogram(segmentation.region.crop(segmentation.probability)),
        largest_px=largest_px,
        largest_mm2=None if spacing is None else largest_px * spacing[0] * spacing[1],
        part_count=count,
    )


class Inspector:
    """Inspects the newest frame, at most ten times a second, and not at all while nobody asks."""

    def __init__(self) -> None:
        self._last: Inspection | None = None
        self._seen: Segmentation | None = None
        self._at_ns = 0

    def look(self, segmentation: Segmentation | None) -> Inspection | None:
        """Return the inspection of ``segmentation``, or the one before where that is a moment ago; None without any."""
        now_ns = time.monotonic_ns()
        is_new = segmentation is not None and segmentation is not self._seen
        if segmentation is not None and is_new and now_ns - self._at_ns >= INTERVAL_NS:
            self._last, self._seen, self._at_ns = inspect(segmentation), segmentation, now_ns
        return self._last


def _parts(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """Return how many 8-connected parts ``mask`` (H, W) has, and the area of the largest in pixels."""
    left, top, width, height = cv2.boundingRect(mask.view(np.uint8))
    if width == 0:
        return 0, 0
    inside = Box(top, left, height, width).crop(mask).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    return count - 1, int(stats[1:, cv2.CC_STAT_AREA].max())
