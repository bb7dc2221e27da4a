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

    def surrounds(self, points: NDArray[Any]) -> bool:
        """Whether all of ``points`` (N, 2) in (y, x) lie inside, and none on the line."""
        down, right, offset = _inwards(self.points)
        return bool((points[:, :1] * down + points[:, 1:] * right + offset > 0).all())

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
        shown = _shown_of_picture(self, (picture.shape[0], picture.shape[1]))
        return np.asarray(cv2.bitwise_and(picture, picture, mask=shown), np.uint8)

    def of_canvas(self, canvas: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return ``canvas`` (H', W', 3) with black there in each of its panes; itself where there is nothing to do."""
        if not self.is_needed:
            return canvas
        return np.asarray(cv2.bitwise_and(canvas, canvas, mask=self.shown_of_canvas(canvas.shape[:2])), np.uint8)

    def shown_of_canvas(self, size: Size) -> NDArray[np.uint8]:
        """Return 0 where a canvas of ``size`` (height, width) is blacked out, and 255 elsewhere, read-only."""
        return _shown_of_canvas(self, size)


NO_COVER = Cover()


@lru_cache(maxsize=8)
def _shown_of_picture(cover: Cover, size: Size) -> NDArray[np.uint8]:
    shown = np.full(size, 255, np.uint8) if cover.outline is None else cover.outline.mask(size).copy()
    for area in cover.areas:
        # Cut off at the edge of the picture, which may be another one than the area was chosen in.
        shown[area.top : area.top + area.height, area.left : area.left + area.width] = 0
    shown.flags.writeable = False
    return shown


@lru_cache(maxsize=8)
def _shown_of_canvas(cover: Cover, size: Size) -> NDArray[np.uint8]:
    shown = np.full(size, 255, np.uint8)
    for pane in cover.panes:
        pane.crop(shown)[...] = _shown_of_picture(cover, pane.size)
    shown.flags.writeable = False
    return shown


@lru_cache(maxsize=8)
def _inwards(points: tuple[Point, ...]) -> NDArray[np.float64]:
    """Return (a, b, c) of every side, (3, M): a*y + b*x + c is 0 on its line and above 0 on the inner side of it."""
    begins = np.array(points, np.float64)
    sides = np.roll(begins, -1, axis=0) - begins
    across = np.stack((-sides[:, 1], sides[:, 0]))
    offsets = -(across * begins.T).sum(axis=0)
    # All is whole numbers but the centre, of which only the side counts: no rounding.
    inner = np.sign(begins.mean(axis=0) @ across + offsets)
    return np.asarray(np.vstack((across, offsets)) * inner, np.float64)


@lru_cache(maxsize=8)
def _mask(points: tuple[Point, ...], size: Size) -> NDArray[np.uint8]:
    inside = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(inside, np.array(points, np.int32)[:, ::-1], 255)
    inside.flags.writeable = False
    return inside
