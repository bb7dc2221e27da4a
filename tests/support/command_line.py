"""How tests call streamseg in a process of its own."""

import sys
from collections.abc import Sequence
from pathlib import Path

DEADLINE_S = 60


def command(arguments: Sequence[str | Path]) -> list[str]:
    """Return the command line that calls streamseg with ``arguments``, on the Python that runs the tests."""
    return [sys.executable, "-m", "streamseg", *map(str, arguments)]
