"""The connected parts of a mask, and the largest of them, which lengths are measured on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box, Size
from streamseg.outline import Outline


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A connected part of a mask, its holes filled.

    Attributes
    ----------
    box
        The smallest box around it, in the frame.
    outline
        (N, 2) int32: its border pixels (y, x) in the frame, in order.
    pixels
        (height, width) uint8 of the box: 1 inside, 0 outside.
    """

    box: Box
    outline: NDArray[np.int32]
    pixels: NDArray[np.uint8]


class Parts:
    """What a mask holds: its 8-connected parts, cut out of it; the largest is looked for when it is first asked for.

    Attributes
    ----------
    box
        The smallest box around all of them, in the frame.
    pixels
        (height, width) uint8 of the box: 1 inside, 0 outside.
    """

    def __init__(self, box: Box, pixels: NDArray[np.uint8], largest: Part | None = None) -> None:
        self.box = box
        self.pixels = pixels
        self._largest = largest

    @classmethod
    def of(cls, mask: NDArray[np.bool_], place: tuple[int, int] = (0, 0)) -> Self | None:
        """Return the parts of ``mask`` (h, w), which lies at ``place`` (y, x) in the frame; None if it is empty."""
        box = box_of(mask)
        if box is None:
            return None
        pixels = box.crop(np.ascontiguousarray(mask).view(np.uint8))
        return cls(Box(place[0] + box.top, place[1] + box.left, box.height, box.width), pixels)

    @property
    def area_px(self) -> int:
        """Pixels of all parts."""
        return cv2.countNonZero(self.pixels)

    @property
    def largest(self) -> Part:
        """The part that encloses the most pixels."""
        if self._largest is None:
            self._largest = _largest(self.pixels, self.box)
        return self._largest

    def mask(self, size: Size) -> NDArray[np.bool_]:
        """Return the mask of a frame of ``size`` (height, width) in which they lie."""
        mask = np.zeros(size, np.bool_)
        self.box.crop(mask)[...] = self.pixels.view(np.bool_)
        return mask

    def only_largest(self) -> Parts:
        """Return the largest part alone, with its holes filled."""
        return Parts(self.largest.box, self.largest.pixels, self.largest)

    def without_small(self, smallest_area_px: int) -> Parts | None:
        """Return those of at least ``smallest_area_px`` pixels; None if there are none."""
        if self.area_px < smallest_area_px:
            return None
        _, labels, stats, _ = cv2.connectedComponentsWithStats(self.pixels, connectivity=8)
        small = [label for label, row in enumerate(stats.tolist()) if label > 0 and row[-1] < smallest_area_px]
        if not small:
            return self
        kept = self.pixels.view(np.bool_).copy()
        # Clearing the few small parts inside their own boxes is many times faster than looking every label up.
        for label in small:
            left, top, width, height = stats[label, :4].tolist()
            part = Box(top, left, height, width)
            part.crop(kept)[part.crop(labels) == label] = False
        return Parts.of(kept, (self.box.top, self.box.left))


def box_of(mask: NDArray[np.bool_]) -> Box | None:
    """Return the smallest box around ``mask`` (H, W); None if it is empty."""
    left, top, width, height = cv2.boundingRect(np.ascontiguousarray(mask).view(np.uint8))
    return Box(top, left, height, width) if width else None


def largest_part(mask: NDArray[np.bool_], around: Box) -> Part:
    """Return the 8-connected part of a mask (H, W) whose outline encloses the most pixels.

    What lies in a hole of a part is enclosed by it.

    Parameters
    ----------
    around
        The box of the mask, by `box_of`.
    """
    return _largest(around.crop(np.ascontiguousarray(mask).view(np.uint8)), around)


def _largest(inside: NDArray[np.uint8], around: Box) -> Part:
    """Return the largest part of what is ``inside`` (h, w) of a box of the frame."""
    # Not by connected components, which take twenty times as long.
    outlines, _ = cv2.findContours(inside, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=(around.left, around.top))
    # Pick's theorem: pixels from the area within the line through the centres of the border pixels.
    largest = max(outlines, key=lambda outline: cv2.contourArea(outline) + len(outline) / 2)
    left, top, width, height = cv2.boundingRect(largest)
    pixels = np.zeros((height, width), np.uint8)
    cv2.drawContours(pixels, [largest], 0, (1,), cv2.FILLED, offset=(-left, -top))
    return Part(Box(top, left, height, width), np.ascontiguousarray(largest[:, 0, ::-1], np.int32), pixels)


def reaches_outline(part: Part, outline: Outline) -> bool:
    """Whether ``part`` touches the line of ``outline``, which is convex, or goes beyond it."""
    # What is around the corners of its box or of its convex hull is around all of it; the box is the cheaper one.
    bottom, right = part.box.top + part.box.height - 1, part.box.left + part.box.width - 1
    corners = np.array([(y, x) for y in (part.box.top, bottom) for x in (part.box.left, right)])
    return not outline.surrounds(corners) and not outline.surrounds(cv2.convexHull(part.outline)[:, 0])


def reaches_edge(box: Box, limits: Box) -> bool:
    """Whether ``box`` touches the edge of ``limits`` or goes beyond it: there may be more than what it holds."""
    return (
        box.top <= limits.top
        or box.left <= limits.left
        or box.top + box.height >= limits.top + limits.height
        or box.left + box.width >= limits.left + limits.width
    )
