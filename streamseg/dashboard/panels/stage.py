"""The picture."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual.widget import Widget

from streamseg.dashboard.panels.panel import Moment, Panel
from streamseg.dashboard.picture import View, picture_of
from streamseg.dashboard.widgets.preview import DrawingCost, Preview
from streamseg.frame import Rendering
from streamseg.watch.snapshot import Snapshot


class StagePanel(Panel):
    """The frame on screen, in the view that was chosen.

    A held file stands still by itself. A held camera goes on, and its picture stands still here, until `take_next`.
    """

    def __init__(self, preview: Preview, **options: Any) -> None:
        super().__init__(**options)
        self._preview = preview
        self._shown: tuple[Rendering, View] | None = None
        self._takes_next = False

    def compose(self) -> Iterator[Widget]:
        """Place the preview."""
        yield self._preview

    def take_next(self) -> None:
        """Let one more picture of a held camera through."""
        self._takes_next = True

    @property
    def cost(self) -> DrawingCost:
        """What drawing has cost so far."""
        return self._preview.cost

    def show(self, moment: Moment) -> None:
        """Show the picture, unless it is the one that is shown."""
        snapshot = moment.snapshot
        latest = snapshot.latest
        if latest is None:
            return
        if self._shown is not None and _is_held_camera(snapshot) and not self._takes_next:
            latest = self._shown[0]
        if self._shown == (latest, moment.view):
            return
        self._shown, self._takes_next = (latest, moment.view), False
        live, identity = snapshot.live, snapshot.identity
        picture = picture_of(
            latest,
            moment.view,
            colour_map="inferno" if live is None else live.overlay.colour_map,
            window=None if identity is None else identity.window,
        )
        self._preview.show(picture)


def _is_held_camera(snapshot: Snapshot) -> bool:
    return snapshot.state == "held" and snapshot.identity is not None and snapshot.identity.source.is_live
