"""Values that were set one after another, to go back and forth among."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class UndoHistory(Generic[T]):
    """The values before the current one, and those after it that were taken back. Not for several threads at once.

    Parameters
    ----------
    limit
        How many changes can be taken back.
    """

    def __init__(self, current: T, *, limit: int) -> None:
        self._current = current
        self._past: deque[T] = deque(maxlen=limit)
        self._future: list[T] = []

    @property
    def current(self) -> T:
        """The value in force."""
        return self._current

    @property
    def previous(self) -> T | None:
        """What `undo` would make current; None where there is nothing to take back."""
        return self._past[-1] if self._past else None

    @property
    def next(self) -> T | None:
        """What `redo` would make current; None where there is nothing."""
        return self._future[-1] if self._future else None

    def push(self, value: T) -> None:
        """Make ``value`` current, as a change of its own."""
        self._past.append(self._current)
        self.amend(value)

    def amend(self, value: T) -> None:
        """Make ``value`` current, as part of the last change."""
        self._current = value
        self._future.clear()

    def undo(self) -> bool:
        """Go back by one change. Return whether there was one."""
        if not self._past:
            return False
        self._future.append(self._current)
        self._current = self._past.pop()
        return True

    def redo(self) -> bool:
        """Make the last change again that was taken back. Return whether there was one."""
        if not self._future:
            return False
        self._past.append(self._current)
        self._current = self._future.pop()
        return True
