"""Where the frame on screen stands in its file, with the scores of all frames along it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from textual.widget import Widget

from streamseg.dashboard.helm import length_of
from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.dashboard.widgets.scrubber import Scrubber, Track
from streamseg.frame import Event
from streamseg.watch.snapshot import ScoreTrack, Snapshot

_TICKS: Mapping[str, str] = {"mark": "m", "snapshot": "s", "warning": "!"}


class PositionPanel(Panel):
    """The scrubber; for a live source there is none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._scrubber = Scrubber(is_ascii=self.is_ascii)
        self._seen: tuple[object, ...] = ()

    def compose(self) -> Iterator[Widget]:
        """Place the scrubber."""
        yield self._scrubber

    def show(self, moment: Moment) -> None:
        """Show where the stream stands, unless it stands still: a long file takes a while to draw."""
        snapshot = moment.snapshot
        threshold = None if snapshot.finding is None else snapshot.finding.threshold
        seen = (snapshot.file_scores, snapshot.position, threshold, len(snapshot.events), snapshot.events[-1:])
        if seen != self._seen:
            self._seen = seen
            self._scrubber.show(track_of(snapshot))


def track_of(snapshot: Snapshot) -> Track:
    """Return what the scrubber shows of ``snapshot``."""
    scores, identity = snapshot.file_scores, snapshot.identity
    return Track(
        length=length_of(snapshot),
        position=snapshot.position.media_index or 0,
        scores=np.empty(0) if scores is None else scores.top_percent.astype(np.float64),
        threshold=None if snapshot.finding is None else snapshot.finding.threshold,
        ticks={} if scores is None else _ticks(snapshot.events, scores),
        frame_rate_hz=None if identity is None else identity.source.rate_hz,
        position_mm=snapshot.position.position_mm,
    )


def _ticks(events: tuple[Event, ...], scores: ScoreTrack) -> dict[int, str]:
    """Return a sign for each event that stays of interest, at the place in the file of the frame that it was about."""
    signs = {event.index: _TICKS[event.kind] for event in events if event.kind in _TICKS and event.index is not None}
    if not signs:
        return {}
    places = np.flatnonzero(np.isin(scores.index, list(signs)))
    return {int(place): signs[int(scores.index[place])] for place in places}
