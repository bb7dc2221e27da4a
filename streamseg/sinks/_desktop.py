"""What a window needs of pygame: starting it, a picture in the middle, and a panel of text."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SinkError
from streamseg.geometry import Letterbox, shrink

# Read by pygame while it is imported: it greets on standard output otherwise, where machines read.
os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
import pygame

# Whoever needs pygame takes it from here, so that it is imported quietly.
__all__ = ["blit", "pygame", "start_pygame", "write_panel"]

_BRIGHT, _FAINT = (240, 242, 245), (190, 196, 204)


def start_pygame() -> None:
    """Start what a window needs of pygame.

    Raises
    ------
    SinkError
        There is no display.
    """
    no_display = "no display; use --view none"
    is_chosen = "SDL_VIDEODRIVER" in os.environ
    has_server = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if sys.platform == "linux" and not (is_chosen or has_server):
        raise SinkError(no_display)
    try:
        pygame.display.init()
        pygame.font.init()
    except pygame.error as err:
        raise SinkError(f"{no_display} ({err})") from err
    # Where it cannot reach a display, SDL quietly draws into memory.
    if pygame.display.get_driver() == "offscreen" and not is_chosen:
        pygame.display.quit()
        raise SinkError(no_display)


def blit(surface: pygame.Surface, canvas: NDArray[np.uint8]) -> None:
    """Draw ``canvas`` (H, W, 3) into the middle of ``surface``, as large as it can be, to the pixel where it fits."""
    letterbox = Letterbox.fit((canvas.shape[0], canvas.shape[1]), surface.get_size()[::-1])
    scaled = np.ascontiguousarray(shrink(canvas, letterbox.inner.size))
    picture = pygame.image.frombuffer(scaled.data, (scaled.shape[1], scaled.shape[0]), "RGB")
    surface.blit(picture, (letterbox.inner.left, letterbox.inner.top))


def write_panel(surface: pygame.Surface, rows: Sequence[tuple[str, str]]) -> None:
    """Write ``rows`` of two columns on a dark panel in the upper left corner of ``surface``."""
    font = pygame.font.Font(None, max(16, surface.get_height() // 28))
    pad, line = font.get_height() // 2, font.get_linesize()
    left = [font.render(text, antialias=True, color=_BRIGHT) for text, _ in rows]
    right = [font.render(text, antialias=True, color=_FAINT) for _, text in rows]
    indent = max(text.get_width() for text in left) + 2 * pad
    width = indent + max(text.get_width() for text in right)
    panel = pygame.Surface((width + pad, len(rows) * line + 2 * pad), pygame.SRCALPHA)
    panel.fill((18, 20, 23, 225))
    panel.blits([(text, (pad, pad + row * line)) for row, text in enumerate(left)])
    panel.blits([(text, (indent, pad + row * line)) for row, text in enumerate(right)])
    surface.blit(panel, (pad, pad))
