"""The live settings as things to turn: numbers with steps and an upper end, and choices to go round."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from streamseg.settings import ColourMap, OverlayMode
from streamseg.steering.live_settings import LiveSettings

_STEP = 0.01
_AREAS_PX = (0, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)


@dataclass(frozen=True, slots=True)
class Dial:
    """A number between 0 and ``highest``.

    Attributes
    ----------
    name
        The field of `LiveSettings`, or of its overlay where ``is_overlay``.
    keys
        As a person would write them.
    """

    name: str
    title: str
    keys: str
    highest: float = 1.0
    is_overlay: bool = False

    def read(self, live: LiveSettings) -> float:
        """Return the value in force."""
        return float(getattr(live.overlay if self.is_overlay else live, self.name))

    def change_to(self, value: float) -> Mapping[str, Any]:
        """Return what to call `Controls.change` with."""
        return {"overlay": {self.name: value}} if self.is_overlay else {self.name: value}

    def turned(self, value: float, steps: int) -> float:
        """Return ``value`` after ``steps`` hundredths, within its ends."""
        return round(min(self.highest, max(0.0, value + steps * _STEP)), 2)

    def share(self, value: float) -> float:
        """Return where ``value`` stands on the bar, 0 to 1."""
        return value / self.highest

    def at(self, share: float) -> float:
        """Return the value for a place on the bar, 0 to 1."""
        return round(min(1.0, max(0.0, share)) * self.highest, 2)

    def text(self, value: float) -> str:
        """Return ``value`` for a person."""
        return f"{value:.2f}"


@dataclass(frozen=True, slots=True)
class AreaDial(Dial):
    """An area in whole pixels: steps and bar are logarithmic."""

    def change_to(self, value: float) -> Mapping[str, Any]:
        """Return what to call `Controls.change` with."""
        return {self.name: round(value)}

    def turned(self, value: float, steps: int) -> float:
        """Return the area ``steps`` round areas further."""
        if steps > 0:
            return float(next((area for area in _AREAS_PX if area > value), _AREAS_PX[-1]))
        return float(next((area for area in reversed(_AREAS_PX) if area < value), 0))

    def share(self, value: float) -> float:
        """Return where ``value`` stands on the bar, 0 to 1."""
        return min(1.0, math.log1p(value) / math.log1p(self.highest))

    def at(self, share: float) -> float:
        """Return the nearest round area for a place on the bar, 0 to 1."""
        return float(min(_AREAS_PX, key=lambda area: abs(self.share(area) - share)))

    def text(self, value: float) -> str:
        """Return ``value`` for a person."""
        return f"{value:.0f} px"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words, a field of the overlay's settings."""

    name: str
    title: str
    keys: str
    options: tuple[str, ...]

    def read(self, live: LiveSettings) -> str:
        """Return the word in force."""
        return str(getattr(live.overlay, self.name))

    def after(self, word: str, steps: int) -> str:
        """Return the word ``steps`` further round."""
        return self.options[(self.options.index(word) + steps) % len(self.options)]


THRESHOLD = Dial("threshold", "threshold", "[ ]")
FLOOR = Dial("floor", "floor", "F f", is_overlay=True)
DIALS = {
    dial.name: dial
    for dial in (
        THRESHOLD,
        FLOOR,
        Dial("smoothing", "smoothing", "G g", highest=0.95),
        AreaDial("smallest_area_px", "smallest area", "A a", highest=_AREAS_PX[-1]),
        Dial("opacity", "opacity", "P p", is_overlay=True),
    )
}
"""By name, in the order in which they are shown."""

CHOICES = {
    choice.name: choice
    for choice in (
        Choice("mode", "overlay", "o O", get_args(OverlayMode)),
        Choice("colour_map", "colour map", "c C", get_args(ColourMap)),
    )
}
"""By name, in the order in which they are shown."""
