"""What a person may do while a stream runs: change and undo settings, pause, step, seek, mark, and end it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import Any, Literal

from streamseg.frame import Event, Frame
from streamseg.steering.journal import Journal
from streamseg.steering.live_settings import LiveSettings, difference
from streamseg.steering.settings_history import SettingsHistory

EVENTS_KEPT = 500


@dataclass(frozen=True, slots=True)
class Turn:
    """What one frame is made with: the settings in force, and the events that took effect with it."""

    live: LiveSettings
    events: tuple[Event, ...] = ()


class Controls:
    """Shared by the views, who change it, and the threads of the pipeline, who read it.

    Every change can be undone, and becomes an `Event`, which the pipeline attaches to the rendering with which it took
    effect, so that the log says so.
    """

    def __init__(self, initial: LiveSettings) -> None:
        self._settings = SettingsHistory(initial)
        self._journal = Journal(EVENTS_KEPT)
        self._condition = threading.Condition()
        self._is_paused = False
        self._steps = 0
        self._holds = 0
        self._is_stopping = False
        self._frame_size: tuple[int, int] | None = None
        self._is_seekable = self._is_paced = False
        self._seeks = 0
        self._target: int | None = None
        # The frame on screen, or the one that was sought and is still on its way: steps back count from here.
        self._position = 0

    @property
    def current(self) -> LiveSettings:
        """The settings now in force; take it once a frame, so that one frame sees one set of values."""
        return self._settings.current

    @property
    def is_paused(self) -> bool:
        """Whether the stream is held (a file) or its view is (a live source)."""
        return self._is_paused

    @property
    def is_stopping(self) -> bool:
        """Whether the end has been asked for."""
        return self._is_stopping

    @property
    def is_seekable(self) -> bool:
        """Whether `seek` and steps back can be followed."""
        return self._is_seekable

    @property
    def is_paced(self) -> bool:
        """Whether `speed` counts, and not only how fast frames can be taken."""
        return self._is_paced

    @property
    def speed(self) -> float:
        """Speed of playback; 1 is the recording's own."""
        return self.current.speed

    @property
    def seeks(self) -> int:
        """How many seeks have been asked for; a frame of fewer is not wanted any more."""
        return self._seeks

    @property
    def holds(self) -> int:
        """How many times the stream was held."""
        return self._holds

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, oldest first, bounded; those without an index take effect with a frame still to come."""
        with self._condition:
            return self._journal.events

    @property
    def pending(self) -> tuple[Event, ...]:
        """What happened and took effect with no frame yet, oldest first."""
        with self._condition:
            return self._journal.pending

    def change(self, **values: Any) -> None:
        """Set fields of `LiveSettings`, or of its overlay as ``overlay={"mode": "contour"}``.

        Raises
        ------
        ValueError
            A value is out of range.
        """
        with self._condition:
            self._put(self.current.changed(values))

    def drag(self, **values: Any) -> None:
        """Do as `change`; drags of the same fields within a second of each other are one change to undo."""
        with self._condition:
            self._put(self.current.changed(values), dragged=frozenset(values))

    @property
    def can_undo(self) -> str:
        """What `undo` would set, in words; empty where there is nothing to take back."""
        return self._settings.can_undo

    @property
    def can_redo(self) -> str:
        """What `redo` would set, in words; empty where there is nothing."""
        return self._settings.can_redo

    def undo(self) -> str:
        """Take the last change back. Return what that set, in words; empty where there was nothing."""
        with self._condition:
            return self._move("undo")

    def redo(self) -> str:
        """Make again what was taken back last. Return what that set, in words; empty where there was nothing."""
        with self._condition:
            return self._move("redo")

    def mark(self, message: str) -> None:
        """Note what the user saw, for the log."""
        self.note("mark", message)

    def note(self, kind: str, message: str) -> None:
        """Note what happened, for the log and the views; `Event` lists the kinds."""
        with self._condition:
            self._note(kind, message)

    def pause(self) -> None:
        """Hold the stream."""
        with self._condition:
            self._hold("paused")

    def resume(self) -> None:
        """Let the stream run on."""
        with self._condition:
            self._is_paused, self._steps = False, 0
            self._note("pause", "resumed")
            self._condition.notify_all()

    def step(self, count: int = 1) -> None:
        """Let ``count`` more frames of a held stream through; go as many back where negative.

        Raises
        ------
        ValueError
            Back, in a source that has no way back.
        """
        with self._condition:
            if count < 0:
                self._seek(self._position + count)
            else:
                self._steps += count
                self._condition.notify_all()

    def seek(self, media_index: int) -> None:
        """Go on from that frame of the file, or from the first or last one. A held stream shows it and stays held.

        Raises
        ------
        ValueError
            The source has no other place to go to, as a live one.
        """
        with self._condition:
            self._seek(media_index)

    def set_speed(self, speed: float) -> None:
        """Play at ``speed``, 0.25 to 4.

        Raises
        ------
        ValueError
            It is beyond.
        """
        self.change(speed=speed)

    def stop(self) -> None:
        """Ask for the end of the stream. Everything that is on its way is still finished."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()

    # All that follows is for the threads of the pipeline.

    def set_abilities(self, *, is_seekable: bool, is_paced: bool) -> None:
        """Take note of whether the source can follow seeks, and whether its speed counts."""
        self._is_seekable, self._is_paced = is_seekable, is_paced

    def limit_regions(self, frame_size: tuple[int, int]) -> None:
        """Refuse regions of interest from now on that do not fit into ``frame_size`` (height, width)."""
        self._frame_size = frame_size

    def wait_for_turn(self) -> bool:
        """Block while the stream is held. Return whether it goes on; False at the end of the stream."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping or not self._is_paused or self._steps > 0)
            if self._is_paused and self._steps > 0:
                self._steps -= 1
            return not self._is_stopping

    def wait_at_end(self, first_index: int) -> bool:
        """Hold the stream at the end of its file. Return whether it goes on: sought, or resumed from its start."""
        with self._condition:
            if self._target is None:
                self._hold("held at the end")
            self._condition.wait_for(lambda: self._is_stopping or not self._is_paused or self._target is not None)
            if self._target is None and not self._is_stopping:
                self._seek(first_index)
            return not self._is_stopping

    def sleep_until_stop(self, timeout_s: float) -> bool:
        """Sleep, but not beyond the end of the stream or a seek. Return whether the stream goes on."""
        with self._condition:
            self._condition.wait_for(lambda: self._is_stopping or self._target is not None, timeout_s)
            return not self._is_stopping

    def take_seek(self) -> tuple[int | None, int]:
        """Return the index in the file to go on from, once, None where nobody asked; and how many seeks there were."""
        with self._condition:
            target, self._target = self._target, None
            return target, self._seeks

    def take_turn(self, frame: Frame, region: str) -> Turn:
        """Return what to make ``frame`` with, whose map was inferred in ``region``."""
        with self._condition:
            if frame.seeks == self._seeks and frame.media_index is not None:
                self._position = frame.media_index
            return Turn(self.current, self._journal.take(frame, region))

    def take_events(self) -> tuple[Event, ...]:
        """Return what happened since the last call, oldest first."""
        with self._condition:
            return self._journal.take()

    def _put(self, after: LiveSettings, *, dragged: frozenset[str] = frozenset()) -> None:
        if self._frame_size is not None:
            after.check_fit(self._frame_size)
        before = self.current
        self._settings.put(after, dragged=dragged)
        self._note_settings("change", before)

    def _move(self, kind: Literal["undo", "redo"]) -> str:
        before = self.current
        if kind == "undo":
            self._settings.undo()
        else:
            self._settings.redo()
        self._note_settings(kind, before)
        return difference(before, self.current)

    def _note_settings(self, kind: str, before: LiveSettings) -> None:
        # Another region takes effect with a later frame than all else: inference is ahead of drawing.
        all_else = replace(self.current, region=before.region)
        for message, region in (
            (difference(before, all_else), None),
            (difference(all_else, self.current), self.current.region),
        ):
            if message:
                self._note(kind, message, region=region)
        self._condition.notify_all()

    def _hold(self, message: str) -> None:
        self._is_paused, self._steps = True, 0
        self._holds += 1
        self._note("pause", message)

    def _seek(self, media_index: int) -> None:
        if not self._is_seekable:
            raise ValueError("this source has no other place to go to; only files and stacks can be sought in")
        self._target = self._position = max(0, media_index)
        self._seeks += 1
        self._steps = 1 if self._is_paused else 0
        self._note("seek", f"to frame {self._target} of the file", seeks=self._seeks)
        self._condition.notify_all()

    def _note(self, kind: str, message: str, *, seeks: int = 0, region: str | None = None) -> None:
        self._journal.note(Event(kind, message, time.monotonic_ns()), seeks=seeks, region=region)
