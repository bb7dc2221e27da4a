"""Regions of interest, and the aspect-preserving letterbox with its exact inverse.

Sizes are (height, width) and points (y, x), both in pixels. Pixel centres lie at half-integers, as in OpenCV's
``resize``, so that a map that went through `Letterbox.apply` and `Letterbox.invert` lands where it came from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ImagePlane:
    """Where a picture lies in the patient or in the room, in mm, with DICOM's axes: to the left, the back and the head.

    Attributes
    ----------
    origin_mm
        (x, y, z) of the centre of the pixel at the top left.
    across, down
        Directions (x, y, z) of length 1 in which columns and rows are counted.
    thickness_mm
        Of the slice, where known.

    References
    ----------
    DICOM PS3.3, C.7.6.2.1.1, Image Position (Patient) and Image Orientation (Patient).
    """

    origin_mm: tuple[float, float, float]
    across: tuple[float, float, float]
    down: tuple[float, float, float]
    thickness_mm: float | None = None

    @property
    def name(self) -> str:
        """``axial``, ``sagittal`` or ``coronal``, whichever is nearest."""
        return name_of_direction(np.cross(self.across, self.down))


def name_of_direction(normal: NDArray[np.float64]) -> str:
    """Return what planes at right angles to ``normal`` (x, y, z) are called: ``axial``, ``sagittal`` or ``coronal``."""
    return ("sagittal", "coronal", "axial")[int(np.argmax(np.abs(normal)))]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of whole pixels: rows ``top`` to ``top + height - 1``, columns ``left`` to ``left + width - 1``."""

    top: int
    left: int
    height: int
    width: int

    def __post_init__(self) -> None:
        if self.top < 0 or self.left < 0 or self.height < 1 or self.width < 1:
            raise ValueError(f"box must have top, left >= 0 and height, width >= 1, got {self}")

    @classmethod
    def whole(cls, size: Size) -> Box:
        """Return the box that covers a picture of ``size`` (height, width)."""
        return cls(0, 0, size[0], size[1])

    @property
    def size(self) -> Size:
        """(height, width) in pixels."""
        return self.height, self.width

    @property
    def area(self) -> int:
        """Number of pixels."""
        return self.height * self.width

    def fits(self, size: Size) -> bool:
        """Whether the box lies inside a picture of ``size`` (height, width)."""
        return self.top + self.height <= size[0] and self.left + self.width <= size[1]

    def crop(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return the view of ``image`` (H, W, ...) inside the box; no pixel is copied."""
        if not self.fits(image.shape[:2]):
            raise ValueError(f"{self} does not fit into a picture of {image.shape[:2]} (height, width)")
        return image[self.top : self.top + self.height, self.left : self.left + self.width]

    def moved(self, rows: int, columns: int) -> Box:
        """Return the box that many pixels further down and to the right."""
        return Box(self.top + rows, self.left + columns, self.height, self.width)

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        top, left = min(self.top, other.top), min(self.left, other.left)
        bottom = max(self.top + self.height, other.top + other.height)
        right = max(self.left + self.width, other.left + other.width)
        return Box(top, left, bottom - top, right - left)


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a picture is scaled, aspect kept, to sit centred in a frame of a fixed size.

    Attributes
    ----------
    source, target
        (height, width) of the picture and of the frame that it is put into.
    inner
        The box of ``target`` that the picture fills; the rest is padding.
    """

    source: Size
    target: Size
    inner: Box

    @classmethod
    def fit(cls, source: Size, target: Size) -> Letterbox:
        """Return the letterbox that makes ``source`` as large as it can be inside ``target``, both (height, width)."""
        if min(*source, *target) < 1:
            raise ValueError(f"sizes must be at least 1x1, got source {source} and target {target}")
        scale = min(target[0] / source[0], target[1] / source[1])
        height = min(target[0], max(1, round(source[0] * scale)))
        width = min(target[1], max(1, round(source[1] * scale)))
        inner = Box((target[0] - height) // 2, (target[1] - width) // 2, height, width)
        return cls(source, target, inner)

    def apply(self, image: NDArray[Any]) -> NDArray[Any]:
        """Scale ``image`` (H, W) or (H, W, C) into a zero-padded frame of size ``target``, same dtype."""
        if image.shape[:2] != self.source:
            raise ValueError(f"expected a picture of {self.source} (height, width), got {image.shape[:2]}")
        framed = np.zeros((*self.target, *image.shape[2:]), image.dtype)
        self.inner.crop(framed)[...] = shrink(image, self.inner.size)
        return framed

    def invert(self, framed: NDArray[Any]) -> NDArray[Any]:
        """Bring ``framed`` (H, W) of size ``target`` back to size ``source``: padding cut off, scaled linearly."""
        if framed.shape[:2] != self.target:
            raise ValueError(f"expected a map of {self.target} (height, width), got {framed.shape[:2]}")
        inner = self.inner.crop(framed)
        if self.inner.size == self.source:
            return inner.copy()
        return cv2.resize(inner, (self.source[1], self.source[0]), interpolation=cv2.INTER_LINEAR)


def parse_region(text: str) -> Box | None:
    """Return the box of ``TOP,LEFT,HEIGHT,WIDTH`` in pixels; None for ``auto`` and ``whole``.

    Raises
    ------
    ValueError
        It is none of these.
    """
    if text in ("auto", "whole"):
        return None
    parts = text.split(",")
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        raise ValueError(f"region must be auto, whole or TOP,LEFT,HEIGHT,WIDTH in pixels, got {text!r}")
    top, left, height, width = (int(part) for part in parts)
    return Box(top, left, height, width)


def shrink(image: NDArray[Any], size: Size) -> NDArray[Any]:
    """Resize ``image`` (H, W) or (H, W, C) to ``size`` (height, width) without aliasing, same dtype.

    Whole halvings average 2x2 pixels (a path that OpenCV vectorises), the factor of less than two that remains is
    linear. Several times faster than area interpolation in one step and, unlike linear interpolation in one step,
    every pixel of the source counts.
    """
    while image.shape[0] >= 2 * size[0] and image.shape[1] >= 2 * size[1]:
        even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]
        image = cv2.resize(even, (even.shape[1] // 2, even.shape[0] // 2), interpolation=cv2.INTER_AREA)
    if image.shape[:2] == size:
        return image
    return cv2.resize(image, (size[1], size[0]), interpolation=cv2.INTER_LINEAR)


def content_box(grey: NDArray[np.uint8], *, floor: int = 12, smallest: float = 0.1) -> Box:
    """Return the box around what is not black in ``grey`` (H, W), 0 to 255: a scan without its black surroundings.

    Parameters
    ----------
    floor
        Grey value above which a pixel counts as picture.
    smallest
        Share of the picture, 0 to 1, below which the finding is not trusted and the whole picture is returned.
    """
    kernel = np.ones((5, 5), np.uint8)
    bright = cv2.morphologyEx((grey > floor).view(np.uint8), cv2.MORPH_CLOSE, kernel)
    bright = cv2.morphologyEx(bright, cv2.MORPH_OPEN, kernel)
    count, _, stats, _ = cv2.connectedComponentsWithStats(bright, connectivity=8)
    whole = Box.whole(grey.shape)
    if count < 2:
        return whole
    left, top, width, height, _ = (int(value) for value in stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))])
    found = Box(top, left, height, width)
    return found if found.area >= smallest * whole.area else whole
