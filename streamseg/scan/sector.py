"""Finds the sector or rectangle of the scan in the pictures of a scanner, among its text, rulers, logos and buttons."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Size
from streamseg.outline import Outline
from streamseg.scan.evidence import noise_levels, scan_pieces, solid, textured
from streamseg.scan.thumbnail import thumbnail

LONGEST_PX = 256
# Pictures from the first one on with which the outline may grow at once, since a scan does not fill its sector at once.
APPEARING_FRAMES = 15
# Pictures with motion after which the outline is found anew from all of them; the last one settles it.
LOOKS = (8, 20, 40)
# After the first pictures, one in so many is looked at.
STRIDE = 3
# Grey levels by which a pixel changes at least when it moves, and in standard deviations of the picture's noise.
MOVING_LEVELS, MOVING_NOISE = 2, 6
# Of steps in which anything moves: share in which a pixel of the scan does, unlike a clock or a trace that sweeps by.
MOVING_SHARE = 0.15
# Share of the picture that changes in a step where anything moves at all.
ANY_MOTION = 0.005
# Share of its box that the hull covers where the scan is taken for a rectangle with dark corners.
RECTANGLE = 0.85
# Around a hull, in pixels of the small picture: the edge of a sector is often too faint to stand out.
SECTOR_MARGIN_PX = 3
# Shares of the picture: below the first no scan was found, above the second there is nothing around it.
SMALLEST, LARGEST = 0.03, 0.97
# Share of its own size by which an outline must change to be another one.
CHANGE = 0.02


class SectorFinder:
    """Follows the pictures of one scene, in their order, and says where in them the scan is.

    From the first picture on it goes by brightness: the scan is the largest textured piece, with what lies above and
    below it. As soon as pictures move, pieces that do not are taken out, and dark parts that do are put in. Once
    it has seen 40 steps with motion the outline is settled, and from then on only grows, where the scan does.

    Not for several threads at once. Takes a fraction of a millisecond a picture; see `docs/ultrasound-picture.md`.
    """

    def __init__(self) -> None:
        self._outline: Outline | None = None
        self._seen = 0
        self._brightest: NDArray[np.uint8] | None = None
        self._motion = Motion()

    @property
    def is_settled(self) -> bool:
        """Whether the outline only grows from now on."""
        return self._motion.looks >= len(LOOKS)

    def update(self, image: NDArray[np.uint8]) -> Outline | None:
        """Take the next ``image``, grey (H, W) or RGB (H, W, 3), and return the outline of the scan in its pixels.

        None where no scan stands out: nothing textured, or nothing around it. The same object comes back as long as the
        outline stays what it was.
        """
        self._seen += 1
        if self._seen > APPEARING_FRAMES and self._seen % STRIDE:
            return self._outline
        grey = thumbnail(image, LONGEST_PX)
        self._motion.add(grey)
        self._brightest = grey if self._brightest is None else np.maximum(self._brightest, grey)
        size = image.shape[0], image.shape[1]
        if self._motion.is_due:
            was_settled = self.is_settled
            found = outline_of(self._brightest, size, self._motion.take())
            self._take(found, grows_only=was_settled)
            if was_settled:
                self._brightest = grey
        elif self._seen <= APPEARING_FRAMES and not self._motion.looks:
            self._take(outline_of(self._brightest, size), grows_only=True)
        return self._outline

    def _take(self, found: Outline | None, *, grows_only: bool) -> None:
        before = self._outline
        if found is None or before is None:
            self._outline = before or found
            return
        after = before.union(found) if grows_only else found
        if _differs(before, after):
            self._outline = after


class Motion:
    """Counts how often every pixel changes from picture to picture, in steps in which anything does."""

    def __init__(self) -> None:
        self.looks = 0
        self._before: NDArray[np.uint8] | None = None
        self._counts: NDArray[np.uint16] | None = None
        self._steps = 0
        self._threshold = 0.0

    @property
    def is_due(self) -> bool:
        """Whether enough has moved for the next look."""
        return self._steps >= LOOKS[min(self.looks, len(LOOKS) - 1)]

    def add(self, grey: NDArray[np.uint8]) -> None:
        """Take the next picture (h, w)."""
        before, self._before = self._before, grey
        if before is None:
            self._threshold = max(MOVING_LEVELS, MOVING_NOISE * noise_levels(grey))
            return
        changed = cv2.absdiff(grey, before) > self._threshold
        if np.count_nonzero(changed) < ANY_MOTION * changed.size:
            return
        self._steps += 1
        self._counts = changed.astype(np.uint16) if self._counts is None else self._counts + changed

    def take(self) -> NDArray[np.bool_]:
        """Return where (h, w) pixels move; once the last look is taken, counting begins anew with each."""
        if self._counts is None:
            raise ValueError("nothing has moved yet; ask is_due first")
        moving = self._counts >= max(2, MOVING_SHARE * self._steps)
        self.looks += 1
        if self.looks >= len(LOOKS):
            self._counts, self._steps = None, 0
        return moving


def outline_of(grey: NDArray[np.uint8], size: Size, moving: NDArray[np.bool_] | None = None) -> Outline | None:
    """Return the outline of the scan in a picture of ``size`` (height, width); None where none stands out.

    Parameters
    ----------
    grey
        The picture, smaller (h, w), or the brightest of each pixel over several.
    moving
        (h, w): where it moves, if known.
    """
    bits = textured(grey)
    if moving is not None:
        moving = solid(moving)
        pieces = scan_pieces(solid(bits) | moving, moving)
    else:
        pieces = scan_pieces(solid(bits))
    share = np.count_nonzero(pieces) / pieces.size
    if share < SMALLEST:
        return None
    hull = Outline.around(_ends_of_rows(pieces))
    is_rectangle = hull.area_px >= RECTANGLE * hull.box.area
    around, margin_px = (Outline.of_box(hull.box), 1) if is_rectangle else (hull, SECTOR_MARGIN_PX)
    outline = _enlarged(around, margin_px, grey.shape, size)
    return None if outline.area_px > LARGEST * size[0] * size[1] else outline


def _ends_of_rows(bits: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the first and the last pixel (y, x) of each row of ``bits`` (H, W): the others are in no hull."""
    rows = np.flatnonzero(bits.any(axis=1))
    first = bits[rows].argmax(axis=1)
    last = bits.shape[1] - 1 - bits[rows, ::-1].argmax(axis=1)
    return np.stack([np.tile(rows, 2), np.concatenate([first, last])], axis=1)


def _enlarged(outline: Outline, margin_px: int, small: Size, size: Size) -> Outline:
    """Return ``outline`` in a picture of ``size`` instead of ``small``, with a margin of so many pixels of that one."""
    sides = (-margin_px, margin_px)
    around = [[y + dy, x + dx] for y, x in outline.points for dy in sides for dx in sides]
    scale = np.array(size) / np.array(small)
    placed = np.clip(np.rint((np.array(around) + 0.5) * scale - 0.5), 0, np.array(size) - 1)
    return Outline.around(placed)


def _differs(one: Outline, other: Outline) -> bool:
    before, after = one.box, other.box
    height = max(abs(before.top - after.top), abs(before.top + before.height - after.top - after.height))
    width = max(abs(before.left - after.left), abs(before.left + before.width - after.left - after.width))
    is_moved = height > CHANGE * before.height or width > CHANGE * before.width
    return is_moved or abs(one.area_px - other.area_px) > CHANGE * one.area_px
