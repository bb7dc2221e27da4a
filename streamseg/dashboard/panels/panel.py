"""What all panels share: a heading, and a moment of the stream to show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from textual.containers import Vertical

from streamseg.dashboard.picture import View
from streamseg.watch.snapshot import Inspection, Snapshot

PlottedScore = Literal["top per cent", "maximum", "mean", "area"]


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What the panels show: the stream's state, and what the person has chosen to see of it."""

    snapshot: Snapshot
    inspection: Inspection | None = None
    view: View = "overlay"
    plotted: PlottedScore = "top per cent"


class Panel(Vertical):
    """A part of the dashboard under a heading.

    Attributes
    ----------
    HEADING
        Written into the line above it.
    EVERY
        It is shown every n-th moment: numbers that change ten times a second cannot be read.
    """

    HEADING: ClassVar[str] = ""
    EVERY: ClassVar[int] = 1

    def __init__(self, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.is_ascii = is_ascii
        self.border_title = self.HEADING or None

    def show(self, moment: Moment) -> None:
        """Show ``moment``; the subclass's part."""
        raise NotImplementedError
