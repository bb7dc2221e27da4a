"""A bounded buffer between two threads, and what happens when it is full."""

from __future__ import annotations

import enum
import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Policy(enum.Enum):
    """What `RingBuffer.put` does when the buffer is full."""

    BLOCK = "block"
    """Wait for room: no item is lost (files, stacks)."""
    DROP_OLDEST = "drop oldest"
    """Make room: the newest item wins (live sources, views)."""


class BufferClosed(Exception):  # noqa: N818 - the end of a stream, not an error
    """Nothing more goes in; or, to a reader, nothing more comes out."""


class RingBuffer(Generic[T]):
    """Hands references from one thread to another, in order, at most ``capacity`` at a time.

    Items are never copied. Every change of state happens under one lock; readers and writers share one condition,
    since at most one of each waits.
    """

    def __init__(self, capacity: int, policy: Policy) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1, got {capacity}")
        self.capacity = capacity
        self.policy = policy
        self._items: deque[T] = deque()
        self._condition = threading.Condition()
        self._is_closed = False
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def dropped(self) -> int:
        """How many items made room for newer ones, or were discarded."""
        return self._dropped

    @property
    def is_closed(self) -> bool:
        """Whether nothing more goes in."""
        return self._is_closed

    def put(self, item: T) -> None:
        """Append ``item``.

        Raises
        ------
        BufferClosed
            The buffer is closed, or was closed while this waited for room.
        """
        with self._condition:
            if self.policy is Policy.BLOCK:
                self._condition.wait_for(lambda: self._is_closed or len(self._items) < self.capacity)
            if self._is_closed:
                raise BufferClosed
            if len(self._items) == self.capacity:
                self._items.popleft()
                self._dropped += 1
            self._items.append(item)
            self._condition.notify_all()

    def get(self, timeout_s: float | None = None) -> T:
        """Remove and return the oldest item, waiting for one.

        Raises
        ------
        BufferClosed
            The buffer is closed and empty.
        TimeoutError
            No item came within ``timeout_s``.
        """
        with self._condition:
            if not self._condition.wait_for(lambda: self._is_closed or self._items, timeout_s):
                raise TimeoutError
            if not self._items:
                raise BufferClosed
            item = self._items.popleft()
            self._condition.notify_all()
            return item

    def __iter__(self) -> Iterator[T]:
        """Yield items until the buffer is closed and empty."""
        while True:
            try:
                item = self.get()
            except BufferClosed:
                return
            yield item

    def close(self) -> None:
        """Let nothing more in. What is inside still comes out. Idempotent; wakes whoever waits."""
        with self._condition:
            self._is_closed = True
            self._condition.notify_all()

    def discard(self) -> None:
        """Close, and drop what is inside."""
        with self._condition:
            self._dropped += len(self._items)
            self._items.clear()
            self._is_closed = True
            self._condition.notify_all()
