"""What a person may change while a stream runs: thresholds and drawing, pause and step, recording, and the end."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

from streamseg.frame import Event
from streamseg.settings import OverlaySettings


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """The settings that may change between two frames. Immutable: a change makes a new one."""

    threshold: float
    overlay: OverlaySettings
    smoothing: float = 0.0
    smallest_area_px: int = 0
    is_recording: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold must be 0 to 1, got {self.threshold}")
        if not 0 <= self.smoothing <= 0.95:
            raise ValueError(f"smoothing must be 0 to 0.95, got {self.smoothing}")
        if self.smallest_area_px < 0:
            raise ValueError(f"smallest area must be at least 0 px, got {self.smallest_area_px}")


class Controls:
    """Shared by the views, who change it, and the threads of the pipeline, who read it.

    Every change becomes an `Event`, which the pipeline attaches to the next rendering, so that the log says with which
    frame it took effect.
    """

    def __init__(self, initial: LiveSettings) -> None:
        self._current = initial
        self._events: list[Event] = []
        self._condition = threading.Condition()
        self._is_paused = False
        self._steps = 0
        self._is_stopping = False

    @property
    def current(self) -> LiveSettings:
        """The settings now in force; take it once a frame, so that one frame sees one set of values."""
        return self._current

    @property
    def is_paused(self) -> bool:
        """Whether the stream is held (a file) or its view is (a live source)."""
        return self._is_paused

    @property
    def is_stopping(self) -> bool:
        """Whether the end has been asked for."""
        return self._is_stopping

    def change(self, **values: Any) -> None:
        """Set fields of `LiveSettings`, or of its overlay as ``overlay={"mode": "contour"}``.

        Raises
        ------
        ValueError
            A value is out of range.
        """
        with self._condition:
            changed = dict(values)
            if isinstance(changed.get("overlay"), dict):
                overlay = self._current.overlay.model_dump() | changed["overlay"]
                changed["overlay"] = OverlaySettings.model_validate(overlay)
            self._current = replace(self._current, **changed)
            self._note("change", ", ".join(f"{name} = {value}" for name, value in values.items()))

    def mark(self, message: str) -> None:
        """Note something that happened, for the log: a mark set by the user, a warning, a snapshot."""
        with self._condition:
            self._note("mark", message)

    def pause(self) -> None:
        """Hold the stream."""
        with self._condition:
            self._is_paused = True
            self._note("pause", "paused")

    def resume(self) -> None:
        """Let the stream run on."""
        with self._condition:
            self._is_paused, self._steps = False, 0
            self._note("pause", "resumed")
            self._condition.notify_all()

    def step(self, count: int = 1) -> None:
        """Let ``count`` more frames of a held stream through."""
        with self._condition:
            self._steps += count
            self._condition.notify_all()

    def stop(self) -> None:
        """Ask for the end of the stream. Everything that is on its way is still finished."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()

    def wait_for_turn(self) -> bool:
        """Block while the stream is held. Return whether it goes on; False at the end of the stream."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping or not self._is_paused or self._steps > 0)
            if self._is_paused and self._steps > 0:
                self._steps -= 1
            return not self._is_stopping

    def sleep_until_stop(self, timeout_s: float) -> bool:
        """Sleep, but not beyond the end of the stream. Return whether the stream goes on."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping, timeout_s)
            return not self._is_stopping

    def take_events(self) -> tuple[Event, ...]:
        """Return what happened since the last call, oldest first."""
        with self._condition:
            events, self._events = tuple(self._events), []
            return events

    def _note(self, kind: str, message: str) -> None:
        self._events.append(Event(kind=kind, message=message))
