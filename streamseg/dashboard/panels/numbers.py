"""How fast the stream is, how old its picture, and what was lost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from textual.widget import Widget

from streamseg.dashboard.panels.facts import Fact, Facts
from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.dashboard.widgets.ageing import LIMITS, Ageing, AgeLimits
from streamseg.dashboard.widgets.sparkline import Sparkline
from streamseg.watch.snapshot import Snapshot

_RATES = ("capture", "inference", "display")
_TITLE_CELLS = max(map(len, _RATES))


class NumbersPanel(Panel):
    """Age, the three rates, jitter, frames and drops."""

    HEADING = "rates"
    EVERY = 5

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._age = Ageing(is_ascii=self.is_ascii)
        self._rates = {
            name: Sparkline(name.ljust(_TITLE_CELLS), unit="/s", keep="min", is_ascii=self.is_ascii) for name in _RATES
        }
        self._facts = Facts(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the lines."""
        yield self._age
        yield from self._rates.values()
        yield self._facts

    def show(self, moment: Moment) -> None:
        """Show the numbers."""
        snapshot = moment.snapshot
        stopped = snapshot.state if snapshot.state in ("held", "ended") else None
        self._age.show(snapshot.age_ms, limits=limits_for(snapshot), stopped=stopped)
        for name, sparkline in self._rates.items():
            past = since_begin(getattr(snapshot.history, f"{name}_hz"), snapshot.elapsed_s)
            # The seconds that are over, and at the end the rate of now, which falls to 0 when frames stop.
            sparkline.show(np.append(past, getattr(snapshot.rates, f"{name}_hz")))
        self._facts.show(*_facts(snapshot))


def since_begin(by_second: Sequence[float], elapsed_s: float) -> NDArray[np.float64]:
    """Return a history by second without what was before the stream began, which is no number."""
    values = np.array(by_second, np.float64)
    values[: max(0, len(values) - math.ceil(elapsed_s))] = np.nan
    return values


def limits_for(snapshot: Snapshot) -> AgeLimits:
    """Return from which age on a frame is late: later for a source whose frames are further apart."""
    rate_hz = snapshot.identity.source.rate_hz if snapshot.identity else None
    if not rate_hz:
        return LIMITS
    interval_ms = 1000 / (rate_hz * snapshot.position.speed)
    return AgeLimits(
        max(LIMITS.late_ms, 3 * interval_ms),
        max(LIMITS.stale_ms, 6 * interval_ms),
        max(LIMITS.lost_ms, 12 * interval_ms),
    )


def _facts(snapshot: Snapshot) -> tuple[Fact, ...]:
    jitter = "-" if snapshot.jitter_ms is None else f"{snapshot.jitter_ms:.1f} ms"
    return (
        Fact("jitter".ljust(_TITLE_CELLS), jitter),
        Fact("frames", f"{snapshot.frames_in} in, {snapshot.frames_out} out"),
        Fact("drops", drops_in_words(snapshot), "warning" if set(snapshot.drops) - {"seek"} else "text"),
    )


def drops_in_words(snapshot: Snapshot) -> str:
    """Return the number of frames lost, and of which causes, the most frequent first."""
    if not snapshot.drops:
        return "none"
    causes = sorted(snapshot.drops.items(), key=lambda item: -item[1])
    return f"{sum(snapshot.drops.values())}: " + ", ".join(
        f"{count} {cause.replace('_', ' ')}" for cause, count in causes
    )
