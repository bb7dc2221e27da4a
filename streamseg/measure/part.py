"""The connected part of a mask that lengths are measured on."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box
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
    inside = around.crop(np.ascontiguousarray(mask).view(np.uint8))
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
    begins = np.array(outline.points, np.float64)
    sides = np.roll(begins, -1, axis=0) - begins
    # The corners of the convex hull are the first to reach a straight side; the centre is on the inner side of all.
    points = np.vstack((cv2.convexHull(part.outline)[:, 0], begins.mean(axis=0)))[:, np.newaxis] - begins
    side_of = sides[:, 0] * points[..., 1] - sides[:, 1] * points[..., 0]
    return bool((side_of[:-1] * np.sign(side_of[-1]) <= 0).any())


def reaches_edge(box: Box, limits: Box) -> bool:
    """Whether ``box`` touches the edge of ``limits`` or goes beyond it: there may be more than what it holds."""
    return (
        box.top <= limits.top
        or box.left <= limits.left
        or box.top + box.height >= limits.top + limits.height
        or box.left + box.width >= limits.left + limits.width
    )
