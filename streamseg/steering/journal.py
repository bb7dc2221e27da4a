"""What happened in a stream besides frames, and with which frame each thing took effect."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace

from streamseg.frame import Event, Frame


@dataclass(frozen=True, slots=True)
class _Pending:
    """An event that waits for the first frame with which it takes effect."""

    event: Event
    seeks: int
    region: str | None


class Journal:
    """Events in their order, each with the index of its frame once there is one. Not for several threads at once.

    Parameters
    ----------
    limit
        How many events with a frame are kept.
    """

    def __init__(self, limit: int) -> None:
        self._pending: list[_Pending] = []
        self._kept: deque[Event] = deque(maxlen=limit)

    @property
    def events(self) -> tuple[Event, ...]:
        """What is kept, oldest first, then what has no frame yet."""
        return (*self._kept, *self.pending)

    @property
    def pending(self) -> tuple[Event, ...]:
        """What has no frame yet, oldest first."""
        return tuple(pending.event for pending in self._pending)

    def note(self, event: Event, *, seeks: int = 0, region: str | None = None) -> None:
        """Write ``event`` down.

        Parameters
        ----------
        seeks
            It takes effect with the first frame after that many seeks.
        region
            It takes effect with the first frame that was inferred in this region, where one is given.
        """
        self._pending.append(_Pending(event, seeks, region))

    def take(self, frame: Frame | None = None, region: str | None = None) -> tuple[Event, ...]:
        """Return the events that took effect with ``frame``, inferred in ``region``; all of them without a frame."""
        if not self._pending:
            return ()
        due = self._due(frame, region)
        index = None if frame is None else frame.index
        events = tuple(replace(self._pending[place].event, index=index) for place in sorted(due))
        self._pending = [pending for place, pending in enumerate(self._pending) if place not in due]
        self._kept.extend(events)
        return events

    def _due(self, frame: Frame | None, region: str | None) -> set[int]:
        """Return the places of the pending events that took effect with ``frame``."""
        places = enumerate(self._pending)
        if frame is None:
            return {place for place, _ in places}
        due = {place for place, each in places if each.seeks <= frame.seeks and each.region in (None, region)}
        # A region that was changed again before any frame was inferred in it is over with the one after it.
        last = max((place for place in due if self._pending[place].region is not None), default=0)
        return due | {place for place in range(last) if self._pending[place].region is not None}
