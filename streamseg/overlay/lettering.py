"""Text as small pictures, kept by what they say: a caption is drawn for every frame and hardly changes."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Rgb = tuple[int, int, int]


def text_width_px(text: str, size_px: int) -> int:
    """Return the width of ``text`` in type of ``size_px``."""
    return int(np.ceil(_font(size_px, is_plain=text.isascii()).getlength(text)))


def line_height_px(size_px: int) -> int:
    """Return the height of a line of type of ``size_px``, from the top of its letters to the foot of its tails."""
    ascent, descent = _font(size_px, is_plain=True).getmetrics()
    return int(ascent + descent)


@lru_cache(maxsize=512)
def text_patch(text: str, size_px: int, colour: Rgb, background: Rgb) -> NDArray[np.uint8]:
    """Return ``text`` (line height, text width, 3) RGB in ``colour`` on ``background``, read-only."""
    ascent, _ = _font(size_px, is_plain=True).getmetrics()
    patch = Image.new("RGB", (max(1, text_width_px(text, size_px)), line_height_px(size_px)), background)
    font = _font(size_px, is_plain=text.isascii())
    ImageDraw.Draw(patch).text((0, ascent), text, font=font, fill=colour, anchor="ls")
    pixels = np.asarray(patch, np.uint8)
    pixels.flags.writeable = False
    return pixels


def changing_patch(text: str, size_px: int, colour: Rgb, background: Rgb) -> NDArray[np.uint8]:
    """Return what `text_patch` does, put together from letters: for a ``text`` that is hardly ever the same twice."""
    if not text or not text.isascii():
        return text_patch(text, size_px, colour, background)
    spaced = f" {text} "
    letters = [_letter(spaced[first : first + 3], size_px, colour, background) for first in range(len(text))]
    return np.concatenate(letters, axis=1)


@lru_cache(maxsize=4096)
def _letter(three: str, size_px: int, colour: Rgb, background: Rgb) -> NDArray[np.uint8]:
    """Return the middle one of ``three`` letters, with what reaches over to it from those beside it."""
    before = three[0] if _overhang(three[0], size_px)[1] else ""
    after = three[2] if _overhang(three[2], size_px)[0] else ""
    # Few letters reach over, so that nearly all threes share the picture of a letter that stands alone.
    patch = text_patch(f"{before}{three[1]}{after}", size_px, colour, background)
    left = text_width_px(before, size_px)
    return patch[:, left : left + text_width_px(three[1], size_px)]


@lru_cache(maxsize=512)
def _overhang(letter: str, size_px: int) -> tuple[bool, bool]:
    """Return whether the ink of ``letter`` reaches out of its own width, to the left and to the right."""
    margin_px = text_width_px(" ", size_px)
    ink = text_patch(f" {letter} ", size_px, (255, 255, 255), (0, 0, 0))
    return bool(ink[:, :margin_px].any()), bool(ink[:, -margin_px:].any())


def wrap(text: str, size_px: int, width_px: int) -> tuple[str, ...]:
    """Break ``text`` into lines no wider than ``width_px``: between words, or within a word that is too long."""
    lines: list[str] = []
    for word in text.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_px(joined, size_px) <= width_px:
            lines[-1] = joined
            continue
        lines.extend(_pieces(word, size_px, width_px))
    return tuple(lines) or ("",)


def _pieces(word: str, size_px: int, width_px: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and text_width_px(pieces[-1] + letter, size_px) > width_px:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def typeface(size_px: int) -> ImageFont.FreeTypeFont:
    """Return the typeface of ASCII text, in ``size_px``."""
    return _font(size_px, is_plain=True)


@lru_cache(maxsize=16)
def _font(size_px: int, *, is_plain: bool) -> ImageFont.FreeTypeFont:
    """Return the typeface that Pillow holds, or for letters that it lacks the one that pygame brings along."""
    spec = None if is_plain else importlib.util.find_spec("pygame")
    if spec is not None and spec.origin is not None:
        return ImageFont.truetype(Path(spec.origin).with_name("freesansbold.ttf"), size_px)
    # Asked for a size, Pillow returns its scalable typeface, never the old bitmap one.
    return cast("ImageFont.FreeTypeFont", ImageFont.load_default(size_px))
