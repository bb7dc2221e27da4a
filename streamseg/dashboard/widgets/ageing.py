"""The age of the frame on screen: a sign, a number and a word, turning amber, then red."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from rich.style import Style
from textual.strip import Strip

from streamseg.dashboard.widgets._cells import Cells
from streamseg.dashboard.widgets._drawn import Drawn
from streamseg.dashboard.widgets._ink import Ink
from streamseg.dashboard.widgets._numbers import duration

AgeWord = Literal["none", "fresh", "late", "stale", "lost", "held", "ended"]
Stopped = Literal["held", "ended"]

_SIGNS = {"none": "○", "held": "‖", "ended": "■", "fresh": "●", "late": "◐", "stale": "◌", "lost": "✕"}
_ASCII_SIGNS = {"none": ".", "held": "=", "ended": "#", "fresh": "*", "late": "~", "stale": "!", "lost": "X"}


@dataclass(frozen=True, slots=True)
class AgeLimits:
    """From which age on, in milliseconds, a frame is late (amber), stale (red) and lost (red, reversed)."""

    late_ms: float = 250.0
    stale_ms: float = 1_000.0
    lost_ms: float = 5_000.0


LIMITS = AgeLimits()
"""The limits that hold everywhere unless the source is slower than they allow."""


def age_word(age_ms: float | None, limits: AgeLimits = LIMITS) -> AgeWord:
    """Return the word for an age; ``none`` before the first frame."""
    if age_ms is None:
        return "none"
    if age_ms >= limits.lost_ms:
        return "lost"
    if age_ms >= limits.stale_ms:
        return "stale"
    return "late" if age_ms >= limits.late_ms else "fresh"


def draw_age(
    age_ms: float | None, width: int, ink: Ink, limits: AgeLimits = LIMITS, *, stopped: Stopped | None = None
) -> Strip:
    """Return one line: sign, word and age."""
    cells = Cells(1, width, ink.text)
    word = stopped if stopped is not None and age_ms is not None else age_word(age_ms, limits)
    styles = {
        "none": ink.muted,
        "held": ink.warning,
        "ended": ink.muted,
        "fresh": ink.good,
        "late": ink.warning,
        "stale": ink.bad,
        "lost": ink.bad + Style(reverse=True),
    }
    sign = (_ASCII_SIGNS if ink.is_ascii else _SIGNS)[word]
    if age_ms is None:
        cells.write(0, 0, f"{sign} no frame yet", ink.muted)
        return cells.strips()[0]
    cells.write(0, 0, f"{sign} {word}", styles[word])
    cells.write(0, 8, f"{duration(age_ms):>7} old", ink.text)
    return cells.strips()[0]


class Ageing(Drawn):
    """The age of the frame on screen."""

    def __init__(self, *, limits: AgeLimits = LIMITS, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(is_ascii=is_ascii, **options)
        self._limits = limits
        self._age_ms: float | None = None
        self._stopped: Stopped | None = None

    def show(self, age_ms: float | None, *, limits: AgeLimits | None = None, stopped: Stopped | None = None) -> None:
        """Show the age; None before the first frame. What was stopped does not become late, however old it is."""
        self._age_ms = age_ms
        self._stopped = stopped
        self._limits = limits or self._limits
        self.redraw()

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Draw the line; lines below it stay empty."""
        line = draw_age(self._age_ms, width, ink, self._limits, stopped=self._stopped)
        return [line, *(Strip.blank(width, ink.text) for _ in range(height - 1))]
