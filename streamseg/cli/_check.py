"""What a check of ``streamseg doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found.

    Attributes
    ----------
    state
        ``"missing"`` is something that streamseg works without; ``"broken"`` is not.
    remedy
        What would repair or add it.
    """

    name: str
    state: Literal["works", "missing", "broken"]
    finding: str
    remedy: str = ""
