"""Tells when frames begin to be dropped for a cause, and when that is over: two events, and not one for every frame."""

from __future__ import annotations

from collections.abc import Mapping

# Looked at once a second: a cause that rested for this long has ended.
QUIET_LOOKS = 5


class DropWatch:
    """Compares the drops of one look with those of the look before."""

    def __init__(self) -> None:
        self._before: Mapping[str, int] = {}
        self._begun: dict[str, int] = {}
        self._quiet: dict[str, int] = {}
        self.newest = 0

    def compare(self, drops: Mapping[str, int]) -> list[str]:
        """Return a sentence for each cause that began or ended; ``newest`` then counts the drops since the last look.

        Parameters
        ----------
        drops
            Frames dropped so far, by cause.
        """
        before, self._before = self._before, dict(drops)
        self.newest = sum(drops.values()) - sum(before.values())
        messages = (self._look(cause, before.get(cause, 0), count) for cause, count in drops.items())
        return [message for message in messages if message]

    def _look(self, cause: str, before: int, count: int) -> str:
        if count > before:
            self._quiet[cause] = 0
            if cause not in self._begun:
                self._begun[cause] = before
                return f"{cause}: frames are being dropped"
        elif cause in self._begun:
            self._quiet[cause] += 1
            if self._quiet[cause] == QUIET_LOOKS:
                return f"{cause}: {count - self._begun.pop(cause)} frames were dropped, none in the last seconds"
        return ""
