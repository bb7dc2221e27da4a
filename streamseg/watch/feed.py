"""The whole contract between a stream and a view of it on one page: a `Feed` gives snapshots and what may be turned.

A feed is a stream in this process (`streamseg.feeds.session.Session`), a log that another process writes
(`streamseg.feeds.log_feed.LogFeed`), or a finished log played again (`streamseg.feeds.log_feed.LogReplay`). A view asks
a feed anew each time and keeps no part of it: after a switch of model or source, ``controls`` is another object.
"""

from __future__ import annotations

from typing import Protocol

from streamseg.settings import StreamSettings
from streamseg.steering.controls import Controls
from streamseg.watch.snapshot import Inspection, Snapshot


class Transport(Protocol):
    """Moves through a file, a stack or a finished log. `streamseg.steering.controls.Controls` is one."""

    @property
    def is_paused(self) -> bool:
        """Whether it is held."""
        ...

    @property
    def speed(self) -> float:
        """1 is the recording's own speed."""
        ...

    def pause(self) -> None:
        """Hold it."""
        ...

    def resume(self) -> None:
        """Let it run on."""
        ...

    def step(self, count: int = 1) -> None:
        """Go ``count`` frames on while it is held; back where negative."""
        ...

    def seek(self, media_index: int) -> None:
        """Go on from that frame of the file; beyond its ends, from the first or last one."""
        ...

    def set_speed(self, speed: float) -> None:
        """Play at ``speed``.

        Raises
        ------
        ValueError
            It is not 0.25 to 4.
        """
        ...


class Switcher(Protocol):
    """Ends one stream and begins another in its place. `streamseg.feeds.session.Session` is one."""

    @property
    def location(self) -> str:
        """What is played, as ``streamseg run`` takes it."""
        ...

    def switch(self, *, location: str | None = None, settings: StreamSettings | None = None) -> None:
        """Go over to another source, model or backend; what is not given stays.

        Returns at once. The snapshots' state is ``"switching"`` until the other one runs; where it cannot be made,
        the stream before goes on, and an event of kind ``"warning"`` says why.
        """
        ...

    @property
    def can_switch_back(self) -> str:
        """What `switch_back` would go back to, in words; empty where there is nothing."""
        ...

    def switch_back(self) -> None:
        """Take the last switch back. Returns at once, as `switch`."""
        ...


class Feed(Protocol):
    """A stream as a view sees it. May be asked from any one thread."""

    @property
    def controls(self) -> Controls | None:
        """What changes thresholds, drawing, recording and marks; None where nothing can be changed (a log)."""
        ...

    @property
    def transport(self) -> Transport | None:
        """What pauses, steps, seeks and sets the speed; None where time cannot be moved (a live source: see below).

        A live source can be paused by its ``controls``: the picture stands still, the stream goes on.
        """
        ...

    @property
    def switcher(self) -> Switcher | None:
        """What changes model, backend and source; None where that cannot be done."""
        ...

    @property
    def settings(self) -> StreamSettings | None:
        """The settings in force, live changes merged in: what ``streamseg.settings.to_toml`` should write."""
        ...

    def snapshot(self) -> Snapshot:
        """Return how the stream is doing now. Cheap: made to be called ten times a second."""
        ...

    def inspect(self) -> Inspection | None:
        """Return what is worked out of the newest frame on demand, at most ten times a second, else the last one.

        None before the first frame, and for a log.
        """
        ...
