"""The caption as a strip of pixels, of a height that stays what it is over a stream.

The height follows from the width and from the names of the model alone: room is kept for the widest that each
changing text can become.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Segmentation
from streamseg.overlay.caption import BRIGHT, FAINT, NOTICE, WIDEST, Caption, changing_texts
from streamseg.overlay.heatmap import colours_of
from streamseg.overlay.layout import Group, Item, Spot, arrange
from streamseg.overlay.lettering import Rgb, changing_patch, line_height_px, text_patch, text_width_px, wrap
from streamseg.settings import OverlaySettings

BACKGROUND: Rgb = (18, 20, 23)
_EDGE: Rgb = (44, 48, 53)
# Changing texts that follow one another in a row.
_RUN = ("rate", "inference", "index", "time", "position")


@dataclass(frozen=True, slots=True)
class _Names:
    """What is the same over a whole stream."""

    structure: str
    colour: Rgb
    model: str
    route: str
    has_position: bool

    @classmethod
    def of(cls, caption: Caption) -> _Names:
        return cls(caption.structure, caption.rgb, caption.model_line, caption.route, caption.has_position)


@dataclass(frozen=True, slots=True)
class _Layout:
    size_px: int
    line_px: int
    height_px: int
    spots: Mapping[str, Spot]
    lines: Mapping[str, tuple[str, ...]]

    @property
    def lead_px(self) -> int:
        """Room for the swatch before the structure's name, and for the dot before REC."""
        return _lead_px(self.size_px)


def type_size_px(width_px: int) -> int:
    """Return the size of type for a strip of ``width_px``."""
    return min(32, max(10, round(8 + width_px / 150)))


def strip_height_px(caption: Caption, width_px: int) -> int:
    """Return the height of the strip for a stream that is captioned like this."""
    return _layout(_Names.of(caption), width_px).height_px


def paint_strip(
    strip: NDArray[np.uint8], segmentation: Segmentation, settings: OverlaySettings, caption: Caption
) -> None:
    """Fill ``strip`` (`strip_height_px`, W, 3)."""
    names = _Names.of(caption)
    layout = _layout(names, strip.shape[1])
    strip[...] = _steady_part(names, settings, round(segmentation.threshold, 4), strip.shape[1])
    ends: dict[int, int] = {}
    for key, (text, colour) in changing_texts(segmentation, caption).items():
        spot, patch = layout.spots[key], changing_patch(text, layout.size_px, colour, BACKGROUND)
        if key == "recording":
            _dot(strip, spot, layout, colour)
            spot = Spot(spot.x_px + layout.lead_px, spot.y_px)
        elif key in _RUN:
            # Closed up to the left: the room that is kept for the widest text would leave holes.
            spot = Spot(ends.get(spot.y_px, spot.x_px), spot.y_px)
            ends[spot.y_px] = spot.x_px + patch.shape[1] + _gap_px(layout.size_px)
        _put(strip, patch, spot)


@lru_cache(maxsize=16)
def _layout(names: _Names, width_px: int) -> _Layout:
    size = type_size_px(width_px)
    margin = size // 2
    room = width_px - 2 * margin
    lines = {
        "legend": wrap(names.structure, size, room - _lead_px(size)),
        "model": wrap(names.model, size, room),
        "notice": wrap(NOTICE, size, room),
        "route": (names.route,),
        "bar": ("0.00 0.00",),
        **{key: (text,) for key, text in WIDEST.items()},
    }
    lead = {"legend": _lead_px(size), "recording": _lead_px(size), "bar": 6 * size}
    items = {
        key: Item(key, lead.get(key, 0) + max(text_width_px(line, size) for line in texts), len(texts))
        for key, texts in lines.items()
    }
    line_px = line_height_px(size)
    spots, height_px = arrange(
        _groups(items, names),
        width_px=room,
        gap_px=_gap_px(size),
        line_px=line_px,
        leading_px=size // 3,
    )
    spots = {key: Spot(spot.x_px + margin, spot.y_px + margin) for key, spot in spots.items()}
    return _Layout(size, line_px, height_px + 2 * margin, MappingProxyType(spots), MappingProxyType(lines))


def _groups(items: Mapping[str, Item], names: _Names) -> tuple[Group, Group]:
    unused = {"time"} if names.has_position else {"position"}
    unused |= set() if names.route == "live" else {"mask", "inference"}
    drawn = ("legend", "threshold", "bar")
    state = (key for key in ("recording", "paused", "mask", "route") if key not in unused)
    made = ("model", *(key for key in _RUN if key not in unused))
    return (
        Group(tuple(items[key] for key in drawn), tuple(items[key] for key in state)),
        Group(tuple(items[key] for key in made), (items["notice"],)),
    )


@lru_cache(maxsize=16)
def _steady_part(names: _Names, settings: OverlaySettings, threshold: float, width_px: int) -> NDArray[np.uint8]:
    layout = _layout(names, width_px)
    strip = np.full((layout.height_px, width_px, 3), BACKGROUND, np.uint8)
    strip[0] = _EDGE
    has_outline = settings.mode in ("contour", "both", "side-by-side")
    for key, colour in (("legend", BRIGHT), ("model", FAINT), ("notice", BRIGHT), ("route", BRIGHT)):
        spot = layout.spots[key]
        left = spot.x_px + (layout.lead_px if key == "legend" and has_outline else 0)
        for number, line in enumerate(layout.lines[key]):
            _write(strip, line, Spot(left, spot.y_px + number * layout.line_px), layout.size_px, colour)
    if settings.mode != "raw":
        _write(strip, f"threshold {threshold:.2f}", layout.spots["threshold"], layout.size_px, BRIGHT)
    if has_outline:
        _swatch(strip, layout, names.colour)
    if settings.mode in ("heatmap", "both", "side-by-side"):
        _bar(strip, layout, settings, threshold)
    strip.flags.writeable = False
    return strip


def _write(strip: NDArray[np.uint8], text: str, spot: Spot, size_px: int, colour: Rgb) -> None:
    _put(strip, text_patch(text, size_px, colour, BACKGROUND), spot)


def _put(strip: NDArray[np.uint8], patch: NDArray[np.uint8], spot: Spot) -> None:
    strip[spot.y_px : spot.y_px + patch.shape[0], spot.x_px : spot.x_px + patch.shape[1]] = patch


def _gap_px(size_px: int) -> int:
    return round(1.4 * size_px)


def _lead_px(size_px: int) -> int:
    return round(1.2 * size_px)


def _swatch(strip: NDArray[np.uint8], layout: _Layout, colour: Rgb) -> None:
    side = round(0.7 * layout.size_px)
    spot = layout.spots["legend"]
    top = spot.y_px + (layout.line_px - side) // 2
    strip[top : top + side, spot.x_px : spot.x_px + side] = colour


def _dot(strip: NDArray[np.uint8], spot: Spot, layout: _Layout, colour: Rgb) -> None:
    radius = round(0.35 * layout.size_px)
    cv2.circle(strip, (spot.x_px + radius, spot.y_px + layout.line_px // 2), radius, colour, cv2.FILLED, cv2.LINE_AA)


def _bar(strip: NDArray[np.uint8], layout: _Layout, settings: OverlaySettings, threshold: float) -> None:
    """Draw the colours from the floor to 1 with both ends named, and a tick where the threshold is."""
    spot, size = layout.spots["bar"], layout.size_px
    floor = f"{settings.floor:.2f}"
    _write(strip, floor, spot, size, FAINT)
    left = spot.x_px + text_width_px(floor, size) + size // 2
    length, thickness = 5 * size, max(4, round(0.6 * size))
    top = spot.y_px + (layout.line_px - thickness) // 2
    levels = np.rint(np.linspace(settings.floor, 1, length) * 255).astype(np.uint8)
    strip[top : top + thickness, left : left + length] = colours_of(settings.colour_map)[levels]
    _write(strip, "1", Spot(left + length + size // 2, spot.y_px), size, FAINT)
    if settings.floor <= threshold <= 1 and settings.floor < 1:
        tick = left + round((threshold - settings.floor) / (1 - settings.floor) * (length - 1))
        strip[top - 2 : top + thickness + 2, max(left, tick - 1) : tick + 2] = BACKGROUND
        strip[top - 2 : top + thickness + 2, tick] = BRIGHT
