"""A live picture in the terminal: half-blocks everywhere, Sixel or Kitty graphics where the terminal has them.

Three things keep it from flickering: only lines that differ are sent; a picture in graphics travels with one line of
text, within the same synchronised write; and the cells under a picture are not written again for the next one.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.control import Control
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from streamseg.dashboard.widgets.blocks import ColourDepth, draw_blocks, fit, scale_to, thin_out
from streamseg.dashboard.widgets.carrying import CarryingStrip
from streamseg.dashboard.widgets.graphics import TerminalGraphics
from streamseg.dashboard.widgets.kitty import MOST_ROWS, encode_kitty, placeholders
from streamseg.dashboard.widgets.sixel import BAND_PX, Magnification, encode_sixel

_WIDEST_PX = 480  # what is sent; the terminal magnifies it (Kitty), or the encoder does (Sixel)
_HEAL_S = 2.0  # what was written over a still Sixel picture is mended this often


@dataclass(frozen=True, slots=True)
class DrawingLimits:
    """How much drawing may take; of the three, the tightest holds.

    Attributes
    ----------
    rate_hz
        Pictures per second.
    time_share
        Share of one core's time, 0 to 1.
    bytes_per_s
        For slow lines; None for no limit.
    """

    rate_hz: float = 10.0
    time_share: float = 0.10
    bytes_per_s: float | None = None

    def __post_init__(self) -> None:
        if (
            self.rate_hz <= 0
            or not 0 < self.time_share <= 1
            or (self.bytes_per_s is not None and self.bytes_per_s <= 0)
        ):
            raise ValueError(f"limits of drawing must be above 0, and the share at most 1, got {self}")


@dataclass(frozen=True, slots=True)
class DrawingCost:
    """What drawing has cost: pictures drawn and passed over, time in all and for the last one, its bytes."""

    pictures: int = 0
    passed_over: int = 0
    total_ms: float = 0.0
    last_ms: float = 0.0
    last_bytes: int = 0


def seconds_between(limits: DrawingLimits, cost: DrawingCost) -> float:
    """Return how far apart, in seconds, pictures that cost as much as the last one may begin."""
    apart_s = max(1 / limits.rate_hz, cost.last_ms / 1e3 / limits.time_share)
    return apart_s if limits.bytes_per_s is None else max(apart_s, cost.last_bytes / limits.bytes_per_s)


class Preview(Widget):
    """Shows the newest picture it was given, as often as its limits allow. Borders belong to what holds it.

    Parameters
    ----------
    graphics
        What `ask_terminal` found; half-blocks by default.
    depth
        Colours of the half-blocks; None for what the terminal says.
    limits
        How often and how much; may be changed at any time.
    number
        The number under which a Kitty terminal keeps the picture; each preview on a screen needs its own.
    """

    DEFAULT_CSS = "Preview { width: 1fr; height: 1fr; }"

    def __init__(
        self,
        *,
        graphics: TerminalGraphics | None = None,
        depth: ColourDepth | None = None,
        limits: DrawingLimits | None = None,
        number: int = 0x5E6,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.graphics = graphics or TerminalGraphics()
        self.limits = limits or DrawingLimits()
        self._depth = depth
        self._number = number
        self._picture: NDArray[np.uint8] | None = None
        self._lines: list[Strip] = []
        self._drawn_for: tuple[Region, bool] | None = None
        self._cost = DrawingCost()
        self._begun_ns = 0
        self._later: Timer | None = None

    @property
    def cost(self) -> DrawingCost:
        """What drawing has cost so far."""
        return self._cost

    @property
    def depth(self) -> ColourDepth:
        """The colours that half-blocks are drawn in."""
        if self._depth is not None:
            return self._depth
        depths: dict[str | None, ColourDepth] = {"truecolor": "true", "256": "256"}
        return "none" if self.app.no_color else depths.get(self.app.console.color_system, "none")

    def show(self, picture: NDArray[np.uint8] | None) -> None:
        """Show ``picture`` (H, W, 3) RGB, now or as soon as the limits allow; None for nothing.

        The array is kept and must not change any more. The same array again costs nothing.
        """
        if picture is self._picture:
            return
        self._picture = picture
        if self._later is not None:
            self._cost = replace(self._cost, passed_over=self._cost.passed_over + 1)
            return
        passed_s = (time.perf_counter_ns() - self._begun_ns) / 1e9
        wait_s = seconds_between(self.limits, self._cost) - passed_s
        if self._cost.pictures and wait_s > 0:
            self._later = self.set_timer(wait_s, self._draw_now)
        else:
            self._draw_now()

    def on_mount(self) -> None:
        """Have a still Sixel picture mended now and then."""
        if self.graphics.kind == "sixel":
            self.set_interval(_HEAL_S, self._heal)

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        del event
        self._draw_now()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the lines as they were drawn: Textual's styling of each segment would take longer than drawing."""
        if self._drawn_for != self._place:
            self._lines = self._draw_lines()
        return [line.crop(crop.x, crop.right) for line in self._lines[crop.y : crop.bottom]]

    def notify_style_update(self) -> None:
        """Take the theme's new background at the next drawing."""
        super().notify_style_update()
        self._drawn_for = None

    def _draw_now(self) -> None:
        self._later = None
        if not self.is_mounted or not self.size.area:
            return
        self._begun_ns = time.perf_counter_ns()
        before, self._lines = self._lines, self._draw_lines()
        changed = [y for y, line in enumerate(self._lines) if y >= len(before) or line != before[y]]
        # A strip keeps what it renders to: the terminal's share of the work is done here, where it is measured.
        sent = sum(len(self._lines[y].render(self.app.console).encode()) for y in changed)
        took_ms = (time.perf_counter_ns() - self._begun_ns) / 1e6
        if self._picture is not None:
            past = self._cost
            self._cost = DrawingCost(past.pictures + 1, past.passed_over, past.total_ms + took_ms, took_ms, sent)
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def _draw_lines(self) -> list[Strip]:
        self._drawn_for = self._place
        height, width = self.size.height, self.size.width
        blank = Strip.blank(width, self.rich_style)
        if self._picture is None:
            return [blank] * height
        size = fit(self._picture.shape[:2], (height, width), self.graphics.cell_px)
        top, left = (height - size[0]) // 2, (width - size[1]) // 2
        drawn = self._draw_picture(self._picture, size, (self.region.y + top, self.region.x + left))
        padded = [self._pad(line, left, width) for line in drawn]
        return [*[blank] * top, *padded, *[blank] * (height - top - size[0])]

    def _draw_picture(self, picture: NDArray[np.uint8], size: tuple[int, int], place: tuple[int, int]) -> list[Strip]:
        """Return ``size`` cells with ``picture``, which begin in cell ``place`` (y, x) of the terminal."""
        cells_px = size[0] * self.graphics.cell_px[0], size[1] * self.graphics.cell_px[1]
        if not self.screen.is_active:  # under another screen, only text is dimmed and covered as it should be
            return draw_blocks(picture, size, self.depth)
        if self.graphics.kind == "sixel":
            return self._draw_sixel(picture, size, cells_px=cells_px, place=place)
        if self.graphics.kind == "kitty" and size[0] <= MOST_ROWS:
            return self._draw_kitty(picture, size, cells_px=cells_px)
        return draw_blocks(picture, size, self.depth)

    def _pad(self, line: Strip, left: int, width: int) -> Strip:
        right = width - left - line.cell_length
        if not left and not right:
            return line
        padded = Strip.join([Strip.blank(left, self.rich_style), line, Strip.blank(right, self.rich_style)])
        return CarryingStrip(padded, line.sequence) if isinstance(line, CarryingStrip) else padded

    def _draw_kitty(
        self, picture: NDArray[np.uint8], size: tuple[int, int], *, cells_px: tuple[int, int]
    ) -> list[Strip]:
        """Return placeholders, the first line of which brings the picture."""
        shrink = min(1.0, _WIDEST_PX / cells_px[1])
        scaled = scale_to(picture, (max(1, round(cells_px[0] * shrink)), max(1, round(cells_px[1] * shrink))))
        first, *others = placeholders(size, self._number)
        return [CarryingStrip(first, encode_kitty(thin_out(scaled), size, self._number)), *others]

    def _draw_sixel(
        self, picture: NDArray[np.uint8], size: tuple[int, int], *, cells_px: tuple[int, int], place: tuple[int, int]
    ) -> list[Strip]:
        """Return blank lines, the last of which draws the picture over all of them."""
        magnifications: tuple[Magnification, ...] = (1, 2, 3)
        magnification = magnifications[min(2, (cells_px[1] - 1) // _WIDEST_PX)]
        height_px = max(1, cells_px[0] // BAND_PX) * BAND_PX // magnification
        scaled = scale_to(picture, (height_px, max(1, cells_px[1] // magnification)))
        move = Control.move_to(place[1], place[0]).segment.text
        blank = Strip.blank(size[1], self.rich_style)
        sequence = f"\x1b7{move}{encode_sixel(thin_out(scaled), magnification)}\x1b8"  # the cursor goes back
        return [*[blank] * (size[0] - 1), CarryingStrip(blank, sequence)]

    @property
    def _place(self) -> tuple[Region, bool]:
        """Where on the terminal the picture stands, and whether its screen is the uppermost."""
        return self.region, self.screen.is_active

    def _heal(self) -> None:
        """Draw a still picture once more, since cells written over it have erased parts."""
        if time.perf_counter_ns() - self._begun_ns < _HEAL_S * 1e9:
            return
        lines = [y for y, line in enumerate(self._lines) if isinstance(line, CarryingStrip)]
        if lines:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in lines))
