"""The program's log as lines for a panel."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence

from streamseg.dashboard.panels.facts import Tone
from streamseg.dashboard.panels.lines import Line

KEPT = 200


class LogLines(logging.Handler):
    """Keeps the newest records of a log, as lines."""

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._kept: deque[Line] = deque(maxlen=KEPT)
        self.has_warned = False

    @property
    def lines(self) -> Sequence[Line]:
        """What is kept, oldest first."""
        return tuple(self._kept)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record."""
        is_warning = record.levelno >= logging.WARNING
        self.has_warned |= is_warning
        when = time.strftime("%H:%M:%S", time.localtime(record.created))
        tone: Tone = "warning" if is_warning else "text"
        self._kept.append(Line(when, record.levelname.lower(), " ".join(record.getMessage().split()), tone))
