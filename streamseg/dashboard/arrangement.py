"""Which arrangement of panels a terminal has room for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Arrangement = Literal["small", "medium", "large"]
"""``small``: the picture and one page of panels. ``medium``: more on a page. ``large``: all at once."""

_MEDIUM_FROM = (32, 104)
_LARGE_FROM = (48, 168)
TALL_FROM = 57
"""Rows from which the large arrangement has room for one more curve."""

PAGES: Mapping[int, str] = MappingProxyType({1: "stream", 2: "control", 3: "events", 4: "more"})
"""What can be seen beside the picture where there is no room for all at once, by the key for it."""


def arrangement_for(rows: int, columns: int) -> Arrangement:
    """Return the arrangement for a terminal of ``rows`` by ``columns`` cells."""
    if rows >= _LARGE_FROM[0] and columns >= _LARGE_FROM[1]:
        return "large"
    if rows >= _MEDIUM_FROM[0] and columns >= _MEDIUM_FROM[1]:
        return "medium"
    return "small"
