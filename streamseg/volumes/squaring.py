"""Stretches pictures whose pixels are not square, and keeps account of where they then lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import ImagePlane, Size

# A ratio of the sides of a pixel this close to 1 is rounding.
SQUARE_WITHIN = 0.01
# Beyond this one the header is wrong, and a picture stretched that far would not fit into memory.
LARGEST_RATIO = 50.0


@dataclass(frozen=True, slots=True)
class Squaring:
    """From a picture of ``stored`` (height, width) to one of ``shown``, whose pixels are square; no side shrinks."""

    stored: Size
    shown: Size

    @classmethod
    def of(cls, size: Sequence[int], spacing_mm: Sequence[float] | None) -> Squaring:
        """Return the squaring of pictures of ``size`` and ``spacing_mm`` (row, column); none that makes no sense."""
        height, width = int(size[0]), int(size[1])
        if spacing_mm is None:
            return cls((height, width), (height, width))
        finest = min(spacing_mm)
        ratio = max(spacing_mm) / finest
        if ratio <= 1 + SQUARE_WITHIN or ratio > LARGEST_RATIO:
            return cls((height, width), (height, width))
        return cls((height, width), (round(height * spacing_mm[0] / finest), round(width * spacing_mm[1] / finest)))

    @property
    def is_needed(self) -> bool:
        """Whether anything is stretched."""
        return self.shown != self.stored

    def apply(self, picture: NDArray[Any]) -> NDArray[Any]:
        """Return ``picture`` stretched linearly, same dtype."""
        if not self.is_needed:
            return picture
        return np.asarray(cv2.resize(picture, self.shown[::-1], interpolation=cv2.INTER_LINEAR), picture.dtype)

    def spacing_mm(self, spacing_mm: Sequence[float]) -> tuple[float, float]:
        """Return the (row, column) spacing of a stretched picture."""
        return (
            spacing_mm[0] * self.stored[0] / self.shown[0],
            spacing_mm[1] * self.stored[1] / self.shown[1],
        )

    def plane(self, plane: ImagePlane | None, spacing_mm: Sequence[float] | None) -> ImagePlane | None:
        """Return where a stretched picture lies, given where it lay before and its (row, column) spacing.

        Its edges stay where they are, so that its first pixel, which is smaller now, has its centre nearer to them.
        """
        if plane is None or spacing_mm is None or not self.is_needed:
            return plane
        before = np.asarray(spacing_mm, np.float64)
        down, across = (np.asarray(self.spacing_mm(spacing_mm)) - before) / 2
        moved = np.asarray(plane.origin_mm) + down * np.asarray(plane.down) + across * np.asarray(plane.across)
        x, y, z = (float(value) for value in moved)
        return replace(plane, origin_mm=(x, y, z))
