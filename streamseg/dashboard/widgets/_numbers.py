"""Numbers as short words, always the same width where they change often."""

from __future__ import annotations

import math


def short(value: float) -> str:
    """Return ``value`` in at most five characters with three digits that count: ``0.42``, ``12.3``, ``847``, ``12k``.

    Not a number is a dash.
    """
    if not math.isfinite(value):
        return "-"
    size = abs(value)
    if size >= 999_500:
        return f"{value / 1e6:.3g}M"
    if size >= 9_999.5:
        return f"{value / 1e3:.0f}k"
    if size >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if size >= 9.995 else f"{value:.2f}"


def label(value: float) -> str:
    """Return ``value`` for an axis: like `short`, without zeros that say nothing: ``0``, ``0.5``, ``30``."""
    text = short(value)
    return text.rstrip("0").rstrip(".") if "." in text and text[-1].isdigit() else text


def clock(seconds: float) -> str:
    """Return a position in time: ``0:04.92``, ``1:02:03``."""
    minutes, rest = divmod(round(max(0.0, seconds) * 100), 6000)
    if minutes < 60:
        return f"{minutes}:{rest // 100:02d}.{rest % 100:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 100:02d}"


def duration(milliseconds: float) -> str:
    """Return a duration in the unit that suits it: ``42 ms``, ``1.3 s``, ``4 min``."""
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 99_950:
        return f"{milliseconds / 1e3:.1f} s"
    return f"{milliseconds / 60_000:.0f} min"
