"""What happened: the stream's events, and the program's log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from textual.widget import Widget

from streamseg.dashboard.log_lines import LogLines
from streamseg.dashboard.panels.facts import Tone
from streamseg.dashboard.panels.lines import Line, Lines
from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.frame import Event
from streamseg.watch.snapshot import Snapshot

_TONES: Mapping[str, Tone] = {"drop": "warning", "warning": "warning", "mark": "accent", "snapshot": "accent"}


class EventsPanel(Panel):
    """Drops, reconnects, warnings, changes and marks, each with the frame with which it took effect."""

    HEADING = "events"
    EVERY = 5

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._lines = Lines(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the list."""
        yield self._lines

    def show(self, moment: Moment) -> None:
        """Show the events."""
        self._lines.show(lines_of(moment.snapshot))


class LogPanel(Panel):
    """What the program logs while the terminal is the dashboard's."""

    HEADING = "log"
    EVERY = 5

    def __init__(self, log: LogLines, **options: Any) -> None:
        super().__init__(**options)
        self._source = log
        self._lines = Lines(is_ascii=self.is_ascii)

    def compose(self) -> Iterator[Widget]:
        """Place the list."""
        yield self._lines

    def show(self, moment: Moment) -> None:
        """Show the newest lines of the log."""
        del moment
        self._lines.show(self._source.lines)


def lines_of(snapshot: Snapshot) -> Sequence[Line]:
    """Return the events as lines, dated from the beginning of the stream."""
    began_ns = snapshot.taken_ns - round(snapshot.elapsed_s * 1e9)
    return tuple(_line(event, began_ns) for event in snapshot.events)


def _line(event: Event, began_ns: int) -> Line:
    seconds = max(0.0, (event.at_ns - began_ns) / 1e9)
    when = f"{int(seconds // 60):3d}:{seconds % 60:04.1f}"
    frame = "" if event.index is None else f" #{event.index}"
    return Line(when, event.kind, f"{event.message}{frame}", _TONES.get(event.kind, "text"))
