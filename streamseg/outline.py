"""The outline of a scan in its picture, and what is blacked out of pictures that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box, Size

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Outline:
    """A convex polygon of whole pixels, its edge included.

    Attributes
    ----------
    points
        Its corners (y, x), at least three, one after the other around it.
    """

    points: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.points) < 3:
            raise ValueError(f"an outline has at least three corners, got {self.points}")

    @classmethod
    def of_box(cls, box: Box) -> Outline:
        """Return the outline of a rectangle."""
        bottom, right = box.top + box.height - 1, box.left + box.width - 1
        return cls(((box.top, box.left), (box.top, right), (bottom, right), (bottom, box.left)))

    @classmethod
    def around(cls, points: NDArray[Any]) -> Outline:
        """Return the convex hull of ``points`` (N, 2) in (y, x), at least three of them not in one line."""
        hull = cv2.convexHull(np.ascontiguousarray(points[:, ::-1], np.int32))[:, 0, ::-1]
        return cls(tuple((int(y), int(x)) for y, x in hull))

    @property
    def box(self) -> Box:
        """The smallest box that holds it."""
        rows, columns = zip(*self.points, strict=True)
        return Box(min(rows), min(columns), max(rows) - min(rows) + 1, max(columns) - min(columns) + 1)

    @property
    def area_px(self) -> float:
        """Area in pixels."""
        corners = np.array(self.points, np.int32)
        # OpenCV measures between the centres of the pixels of the edge: half a pixel all around is missing.
        return cv2.contourArea(corners) + cv2.arcLength(corners, closed=True) / 2 + 1

    def mask(self, size: Size) -> NDArray[np.uint8]:
        """Return 255 inside and 0 outside, in a picture of ``size`` (height, width), read-only."""
        return _mask(self.points, size)

    def union(self, other: Outline) -> Outline:
        """Return the smallest convex outline that holds both."""
        return Outline.around(np.array([*self.points, *other.points]))

    def moved(self, rows: int, columns: int) -> Outline:
        """Return it so many pixels further down and to the right."""
        return Outline(tuple((y + rows, x + columns) for y, x in self.points))


@dataclass(frozen=True, slots=True)
class Cover:
    """What is blacked out of a picture that is kept, since it may name somebody.

    Attributes
    ----------
    outline
        Everything outside is blacked out; None where that cannot be told, or is not wanted.
    areas
        Boxes of the picture that are blacked out in any case.
    panes
        Where the picture stands in its canvas, once or twice.
    """

    outline: Outline | None = None
    areas: tuple[Box, ...] = ()
    panes: tuple[Box, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Whether anything is blacked out."""
        return self.outline is not None or bool(self.areas)

    def of_picture(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return ``picture``, grey (H, W) or RGB (H, W, 3), with black there; itself where there is nothing to do."""
        if not self.is_needed:
            return picture
        covered = picture.copy() if self.outline is None else _inside(picture, self.outline)
        for area in self.areas:
            # Cut off at the edge of the picture, which may be another one than the area was chosen in.
            covered[area.top : area.top + area.height, area.left : area.left + area.width] = 0
        return covered

    def of_canvas(self, canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return ``canvas`` (H', W', 3) with black there in each of its panes; itself where there is nothing to do."""
        if not self.is_needed:
            return canvas
        covered = canvas.copy()
        for pane in self.panes:
            pane.crop(covered)[...] = self.of_picture(pane.crop(canvas))
        return covered


NO_COVER = Cover()


def _inside(picture: NDArray[np.uint8], outline: Outline) -> NDArray[np.uint8]:
    mask = outline.mask((picture.shape[0], picture.shape[1]))
    return np.asarray(cv2.bitwise_and(picture, picture, mask=mask), np.uint8)


@lru_cache(maxsize=8)
def _mask(points: tuple[Point, ...], size: Size) -> NDArray[np.uint8]:
    inside = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(inside, np.array(points, np.int32)[:, ::-1], 255)
    inside.flags.writeable = False
    return inside
