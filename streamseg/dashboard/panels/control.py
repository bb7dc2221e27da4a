"""What may be changed while the stream runs, with the probabilities of the frame beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from textual.widget import Widget

from streamseg.dashboard.dials import CHOICES, DIALS
from streamseg.dashboard.panels.facts import Fact, Facts
from streamseg.dashboard.panels.knob import Knob, WordKnob
from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.dashboard.widgets.histogram import Histogram, Probabilities
from streamseg.overlay.heatmap import colours_of
from streamseg.steering.live_settings import LiveSettings
from streamseg.watch.snapshot import Inspection, Snapshot

# The histogram counts in millionths of the region, which has fewer pixels than that where it matters.
_SHARES_TO_COUNTS = 1_000_000


class ControlPanel(Panel):
    """Histogram, dials and choices."""

    HEADING = "control"

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        look: dict[str, Any] = {"is_ascii": self.is_ascii}
        self._histogram = Histogram(**look)
        self._dials = {name: Knob(dial, **look, id=f"dial-{name}") for name, dial in DIALS.items()}
        self._choices = {name: WordKnob.of(choice, **look, id=f"choice-{name}") for name, choice in CHOICES.items()}
        self._view = WordKnob("view", "view", "v V", **look, id="choice-view")
        self._region = WordKnob("region", "region", "i", **look, id="choice-region")
        self._facts = Facts(**look)
        self._seen: tuple[object, ...] = ()

    def compose(self) -> Iterator[Widget]:
        """Place the controls."""
        yield self._histogram
        yield from self._dials.values()
        yield from self._choices.values()
        yield self._view
        yield self._region
        yield self._facts

    def show(self, moment: Moment) -> None:
        """Show the settings in force."""
        snapshot, live = moment.snapshot, moment.snapshot.live
        seen = (moment.inspection, live, moment.view, snapshot.can_undo, snapshot.position.is_paced)
        if live is None or seen == self._seen:
            return
        self._seen = seen
        self._histogram.show(probabilities_of(moment.inspection, live))
        for name, knob in self._dials.items():
            knob.show(DIALS[name].read(live))
        for name, words in self._choices.items():
            words.show(CHOICES[name].read(live))
        self._view.show(moment.view)
        self._region.show(live.region)
        self._facts.show(*_facts(snapshot, live))


def probabilities_of(inspection: Inspection | None, live: LiveSettings) -> Probabilities:
    """Return what the histogram shows."""
    shares = np.zeros(64) if inspection is None else inspection.histogram
    return Probabilities(
        counts=np.rint(shares * _SHARES_TO_COUNTS).astype(np.int64),
        threshold=live.threshold,
        floor=live.overlay.floor,
        colours=colours_of(live.overlay.colour_map),
    )


def _facts(snapshot: Snapshot, live: LiveSettings) -> Iterator[Fact]:
    position = snapshot.position
    speed = f"{live.speed:g}x" if position.is_paced else "as fast as it goes"
    is_file = position.media_index is not None
    yield Fact("speed".ljust(13), speed if is_file else "live", "text")
    yield Fact("recording", "on" if live.is_recording else "off", "bad" if live.is_recording else "text")
    yield Fact("undo", snapshot.can_undo or "nothing to undo", "text" if snapshot.can_undo else "muted")
