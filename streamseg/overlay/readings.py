"""The values of measurements as small text on the picture, where they hide nothing that was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from streamseg.geometry import Box, Size
from streamseg.measure.wording import words_of
from streamseg.measurement import Measurement
from streamseg.overlay.lettering import Rgb, line_height_px, typeface
from streamseg.overlay.strip import type_size_px

Lettering = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Text to lay over a picture: what is kept of that, 0 to 255, and what is added, both (h, w, 3)."""

_HALO_SHARE = 0.8
# Where places are tried along each side of the picture, as shares of the way from its top to its bottom.
_PLACES = (1.0, 0.75, 0.5, 0.25, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A value in a place of its own.

    Attributes
    ----------
    box
        Where its letters stand.
    text
        Those.
    spot
        (y, x) in pixels, the middle of the sign before it.
    """

    box: Box
    text: Lettering
    spot: tuple[float, float]

    def paint(self, pane: NDArray[np.uint8]) -> None:
        """Write it onto ``pane`` (H, W, 3)."""
        kept, added = self.text
        under = self.box.crop(pane)
        cv2.multiply(under, kept, dst=under, scale=1 / 255)
        cv2.add(under, added, dst=under)


def placed_readings(
    measurements: Sequence[Measurement], mask: NDArray[np.bool_], lines: NDArray[np.float64], ink: Rgb
) -> tuple[Reading, ...]:
    """Return a reading of each of ``measurements``, in the first corner or place at the sides that is free, or none.

    Parameters
    ----------
    mask, lines
        What must not be covered: (H, W), and points (N, 2), (y, x) in its pixels.
    """
    size = type_size_px(mask.shape[1])
    texts = [lettered(words_of(each), size, ink) for each in measurements]
    line_px, lead_px = line_height_px(size), round(1.8 * size)
    height, width = line_px * len(texts), lead_px + max(kept.shape[1] for kept, _ in texts)
    box = _free_box((height, width), mask, lines, margin_px=size // 2)
    if box is None:
        return ()
    tops = range(box.top, box.top + height, line_px)
    return tuple(
        Reading(Box(top, box.left + lead_px, *text[0].shape[:2]), text, (top + line_px / 2, box.left + 0.4 * lead_px))
        for top, text in zip(tops, texts, strict=True)
    )


def _free_box(size: Size, mask: NDArray[np.bool_], lines: NDArray[np.float64], *, margin_px: int) -> Box | None:
    """Return the first box of ``size`` (height, width) along the sides that covers neither mask nor lines."""
    return next((box for box in _places(size, mask.shape, margin_px) if _is_free(box, mask, lines)), None)


def _is_free(box: Box, mask: NDArray[np.bool_], lines: NDArray[np.float64]) -> bool:
    if box.crop(mask).any():
        return False
    y, x = lines.T
    is_inside = (y >= box.top) & (y <= box.top + box.height) & (x >= box.left) & (x <= box.left + box.width)
    return not is_inside.any()


def _places(size: Size, of: Size, margin_px: int) -> Iterator[Box]:
    """Yield boxes of ``size`` along the left and right of a picture ``of`` a size, the lowest first."""
    room = of[0] - size[0] - 2 * margin_px, of[1] - size[1] - 2 * margin_px
    if min(room) < 0:
        return
    for share in _PLACES:
        for left in (0, room[1]):
            yield Box(margin_px + round(share * room[0]), margin_px + left, *size)


@lru_cache(maxsize=256)
def lettered(text: str, size_px: int, ink: Rgb) -> Lettering:
    """Return what ``text`` keeps of the picture under it, 0 to 255, and what it adds, both (h, w, 3), read-only."""
    # Letter by letter: numbers change with every frame, and setting a line anew takes several times as long.
    letters = [_letter(letter, size_px, ink) for letter in text]
    kept, added = (np.concatenate(plates, axis=1) for plates in zip(*letters, strict=True))
    kept.flags.writeable = added.flags.writeable = False
    return kept, added


@lru_cache(maxsize=256)
def _letter(letter: str, size_px: int, ink: Rgb) -> Lettering:
    """Return one letter with a dark halo; a raised 2, which the typeface lacks, is made of a smaller one."""
    is_raised = letter == "²"
    font = typeface(round(0.65 * size_px) if is_raised else size_px)
    ascent, _ = typeface(size_px).getmetrics()
    shown = "2" if is_raised else letter
    plate = Image.new("L", (max(1, round(font.getlength(shown))), line_height_px(size_px)), 0)
    foot = ascent - round(0.3 * size_px) if is_raised else ascent
    ImageDraw.Draw(plate).text((0, foot), shown, font=font, fill=255, anchor="ls")
    share = np.asarray(plate, np.float32)[..., np.newaxis] / 255
    halo = cv2.dilate(share, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))[..., np.newaxis]
    kept = np.rint(255 * (1 - _HALO_SHARE * halo) * (1 - share)).astype(np.uint8).repeat(3, axis=-1)
    added = np.rint(share * np.array(ink)).astype(np.uint8)
    kept.flags.writeable = added.flags.writeable = False
    return kept, added
