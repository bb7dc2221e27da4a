"""The settings that change while a stream runs, as a history: a change can be taken back, a drag is one change."""

from __future__ import annotations

import time

from streamseg.steering.live_settings import LiveSettings, difference
from streamseg.steering.undo import UndoHistory

CHANGES_KEPT = 100
# A slider that is dragged changes many times a second; what lies closer together than this is one change to undo.
DRAG_NS = 1_000_000_000


class SettingsHistory:
    """Live settings, those before, and those that were taken back. Not for several threads at once."""

    def __init__(self, initial: LiveSettings) -> None:
        self._history = UndoHistory(initial, limit=CHANGES_KEPT)
        self._dragged: tuple[frozenset[str], int] = frozenset(), 0

    @property
    def current(self) -> LiveSettings:
        """The settings in force."""
        return self._history.current

    @property
    def can_undo(self) -> str:
        """What `undo` would set, in words; empty where there is nothing to take back."""
        return self._would_set(self._history.previous)

    @property
    def can_redo(self) -> str:
        """What `redo` would set, in words; empty where there is nothing."""
        return self._would_set(self._history.next)

    def put(self, settings: LiveSettings, *, dragged: frozenset[str] = frozenset()) -> None:
        """Make ``settings`` current; nothing happens where they are.

        What is ``dragged`` are names of fields; drags of the same ones within a second are one change.
        """
        if settings == self.current:
            return
        names, last_ns = self._dragged
        now_ns = time.monotonic_ns()
        if dragged and dragged == names and now_ns - last_ns < DRAG_NS:
            self._history.amend(settings)
        else:
            self._history.push(settings)
        self._dragged = dragged, now_ns

    def undo(self) -> None:
        """Take the last change back; nothing happens where there was none."""
        self._dragged = frozenset(), 0
        self._history.undo()

    def redo(self) -> None:
        """Make again what was taken back last; nothing happens where there was nothing."""
        self._dragged = frozenset(), 0
        self._history.redo()

    def _would_set(self, settings: LiveSettings | None) -> str:
        return "" if settings is None else difference(self.current, settings)
