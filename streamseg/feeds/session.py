"""One stream after another in the same process: the source, model or backend changes, and the view of it stays."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from streamseg.engine import JOIN_DEADLINE_S
from streamseg.errors import ShutdownError, StreamsegError
from streamseg.feeds.session_part import Choice, Part, PartMaker, WarningNotes, fitted
from streamseg.frame import Event
from streamseg.output_names import next_part
from streamseg.pipeline import Pipeline, Progress
from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls
from streamseg.steering.undo import UndoHistory
from streamseg.watch.snapshot import Inspection, Snapshot
from streamseg.watch.summary import Summary
from streamseg.window_desk import WindowDesk

logger = logging.getLogger(__name__)

SWITCHES_KEPT = 50
EARLIER_EVENTS_KEPT = 200


class Session:
    """Runs a stream, and another in its place whenever `switch` asks for one. Is their `streamseg.watch.feed.Feed`.

    A context manager. The first stream is put together at once, so that what cannot be used is said before a view
    takes the terminal.

    Parameters
    ----------
    has_window, has_dashboard
        As for `streamseg.api.build`.
    desk
        Where windows are served; without one, by the thread that calls `run`.

    Raises
    ------
    StreamsegError
        The source, the model or an output cannot be used.
    """

    def __init__(
        self,
        location: str,
        settings: StreamSettings,
        *,
        has_window: bool = False,
        has_dashboard: bool = True,
        desk: WindowDesk | None = None,
    ) -> None:
        self._maker = PartMaker(has_window, has_dashboard, desk)
        self._lock = threading.Lock()
        self._switching: threading.Thread | None = None
        self._next: Part | None = None
        self._runner: threading.Thread | None = None
        self._error: BaseException | None = None
        self._failure: str | None = None
        self._is_stopping = False
        self._earlier: tuple[Event, ...] = ()
        self.summaries: tuple[Summary, ...] = ()
        choice = Choice(location, settings)
        self._choices = UndoHistory(choice, limit=SWITCHES_KEPT)
        self._part = self._maker.first(choice)

    @property
    def pipeline(self) -> Pipeline:
        """The stream that runs now."""
        return self._part.running

    @property
    def controls(self) -> Controls:
        """Those of the stream that runs now."""
        return self._part.controls

    @property
    def transport(self) -> Controls | None:
        """The controls again where time can be moved; None for a live source."""
        return self.controls if self.controls.is_seekable else None

    @property
    def switcher(self) -> Self:
        """The session itself."""
        return self

    @property
    def location(self) -> str:
        """What is played, as ``streamseg run`` takes it."""
        return self._part.choice.location

    @property
    def settings(self) -> StreamSettings:
        """The settings in force, live changes merged in."""
        return self.controls.current.merged(self._part.choice.settings)

    def snapshot(self) -> Snapshot:
        """Return how the stream that runs now is doing."""
        snapshot = self.pipeline.snapshot()
        if self._failure is not None:
            snapshot = replace(snapshot, state="failed", error=self._failure)
        elif self._is_switching() and not self._is_stopping:
            snapshot = replace(snapshot, state="switching")
        return replace(snapshot, events=(*self._earlier, *snapshot.events))

    def inspect(self) -> Inspection | None:
        """Return what is worked out of the newest frame only because a view asks."""
        return self.pipeline.inspect()

    def switch(self, *, location: str | None = None, settings: StreamSettings | None = None) -> None:
        """Go over to another source, model or backend; what is not given stays. Returns at once.

        The stream before goes on until the other one is made, and for good where it cannot be made: an event of kind
        ``warning`` then says why. A file goes on where it was.
        """
        choice = Choice(location or self.location, settings or self.settings)
        self._start_switch(choice, lambda: self._choices.push(choice))

    @property
    def can_switch_back(self) -> str:
        """What `switch_back` would go back to, in words; empty where there is nothing."""
        before = self._choices.previous
        return "" if before is None else f"{before.location}, {before.settings.model.name}"

    def switch_back(self) -> None:
        """Take the last switch back; nothing happens where there was none."""
        before = self._choices.previous
        if before is not None:
            self._start_switch(before, self._choices.undo)

    def run(self, on_tick: Callable[[Progress], None] | None = None) -> Summary:
        """Run until the last stream has ended, and return its summary; `summaries` has all of them.

        Raises
        ------
        StreamsegError
            What went wrong in the stream that ran then; all its outputs were finished before.
        """
        package, handler = logging.getLogger("streamseg"), WarningNotes(lambda: self.controls)
        package.addHandler(handler)
        try:
            while True:
                try:
                    summary = self.pipeline.run(on_tick)
                finally:
                    self.summaries += (self.pipeline.summary,)
                following = None if summary.was_interrupted else self._take_next()
                if following is None:
                    return summary
                self._follow(following)
        finally:
            self._is_stopping = True
            package.removeHandler(handler)

    def start(self) -> None:
        """Run in a thread of its own, for a view that needs this one; windows then need a desk."""
        self._runner = threading.Thread(target=self._run_apart, name="streamseg-session", daemon=True)
        self._runner.start()

    def join(self, deadline_s: float = 2 * JOIN_DEADLINE_S) -> Summary:
        """Wait until a session that was started has ended, and return the summary of its last stream.

        Raises
        ------
        StreamsegError
            What went wrong, as in `run`; a `ShutdownError` where it did not end in time.
        """
        if self._runner is None:
            raise RuntimeError("the session was not started")
        self._runner.join(deadline_s)
        if self._runner.is_alive():
            raise ShutdownError(f"the stream did not end within {deadline_s:g} s")
        if self._error is not None:
            raise self._error
        return self.summaries[-1]

    @property
    def is_running(self) -> bool:
        """Whether a session that was started has not ended yet."""
        return self._runner is not None and self._runner.is_alive()

    def stop(self) -> None:
        """Ask for the end; everything that is on its way is still finished."""
        with self._lock:
            self._is_stopping = True
        self.pipeline.stop()

    def close(self) -> None:
        """Free the model, and what was made for a switch that did not come; idempotent. For when `run` has returned."""
        with self._lock:
            self._is_stopping = True
        if self._switching is not None:
            self._switching.join(JOIN_DEADLINE_S)
        if self._next is not None:
            self._next.discard(self._part.model)
            self._next = None
        self._part.model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _run_apart(self) -> None:
        try:
            self.run()
        except BaseException as err:  # noqa: BLE001 - handed over to the thread that joins
            self._error = err

    def _start_switch(self, choice: Choice, on_success: Callable[[], object]) -> None:
        with self._lock:
            if self._is_stopping:
                return
            if self._is_switching():
                self.controls.note("warning", "a switch is under way already; wait for it to end")
                return
            self._switching = threading.Thread(
                target=self._prepare, args=(choice, on_success), name="streamseg-switch", daemon=True
            )
            self._switching.start()

    def _is_switching(self) -> bool:
        return self._next is not None or (self._switching is not None and self._switching.is_alive())

    def _prepare(self, choice: Choice, on_success: Callable[[], object]) -> None:
        """Make the next part while the present one runs; then end that one."""
        present = self._part
        choice = fitted(choice, present.choice, present.controls.current)
        try:
            following = self._maker.following(choice, present)
        except StreamsegError as err:
            # As an event of the stream that goes on, too: `run` sees to that.
            logger.warning("cannot switch to %s, %s: %s", choice.location, choice.settings.model.name, err)
            return
        if present.controls.is_stopping:  # ended by the user in the meantime
            following.discard(present.model)
            return
        on_success()
        present.controls.note("switch", f"to {choice.location}, {choice.settings.model.name}")
        with self._lock:
            self._next = following
        present.running.stop()

    def _take_next(self) -> Part | None:
        """Return the part to go on with; None at the end of the session."""
        with self._lock:
            if self._next is None or self._is_stopping:
                return None
            following = self._next
        if following.pipeline is None:
            try:
                following.pipeline = self._maker.build(following, next_part(following.choice.settings.output))
            except StreamsegError as err:
                self._failure = str(err)
                raise
        return following

    def _follow(self, part: Part) -> None:
        before = self._part
        with self._lock:
            self._part, self._next = part, None
            if self._is_stopping:
                part.controls.stop()
        self._earlier = (*self._earlier, *before.controls.events)[-EARLIER_EVENTS_KEPT:]
        if part.model is not before.model:
            before.model.close()
