"""Curves in characters: reducing values to columns, eighth blocks and braille dots. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Keep = Literal["max", "min", "mean"]
"""What stands for the values that share a column: the highest, the lowest or the mean."""

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_ASCII_LEVELS = " .:-=+*#@"
_BRAILLE_BITS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
_BRAILLE_START = 0x2800


def to_columns(values: NDArray[np.float64], columns: int, *, keep: Keep = "max") -> NDArray[np.float64]:
    """Reduce ``values`` (N,) to ``columns`` numbers, or repeat them; NaN only where a column has no number."""
    if columns < 1:
        raise ValueError(f"there must be at least one column, got {columns}")
    if not len(values):
        return np.full(columns, np.nan)
    if len(values) < columns:
        return np.asarray(values[np.arange(columns) * len(values) // columns], np.float64)
    starts = np.arange(columns) * len(values) // columns
    if keep != "mean":
        reduce: np.ufunc = np.fmax if keep == "max" else np.fmin
        return np.asarray(reduce.reduceat(values, starts), np.float64)
    is_known = np.isfinite(values)
    counts = np.add.reduceat(is_known.astype(np.float64), starts)
    sums = np.add.reduceat(np.where(is_known, values, 0.0), starts)
    means: NDArray[np.float64] = np.divide(sums, counts, out=np.full(columns, np.nan), where=counts > 0)
    return means


def to_unit(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    """Map ``low`` to ``high`` onto 0 to 1, clipped; NaN stays."""
    if high <= low:
        raise ValueError(f"a scale must rise, got {low} to {high}")
    return np.asarray(np.clip((values - low) / (high - low), 0.0, 1.0), np.float64)


def bar_rows(heights: NDArray[np.float64], rows: int, *, is_ascii: bool = False) -> list[str]:
    """Draw ``heights`` (W,), 0 to 1, as bars in ``rows`` lines, uppermost first, to an eighth of a line.

    A known value never vanishes: it is at least an eighth high. NaN is left empty.
    """
    levels = _ASCII_LEVELS if is_ascii else _EIGHTHS
    is_known = np.isfinite(heights)
    eighths = np.where(is_known, np.maximum(np.rint(np.nan_to_num(heights) * rows * 8), 1), 0).astype(np.int64)
    lines = []
    for row in reversed(range(rows)):
        inside = np.clip(eighths - 8 * row, 0, 8)
        lines.append("".join(levels[level] for level in inside.tolist()))
    return lines


def braille_rows(dots: NDArray[np.bool_], *, is_ascii: bool = False) -> list[str]:
    """Draw ``dots`` (4 H, 2 W) as ``H`` lines of ``W`` braille characters; in ASCII, as upper and lower half cells."""
    if dots.ndim != 2 or dots.shape[0] % 4 or dots.shape[1] % 2:
        raise ValueError(f"dots come in cells of 4 by 2, got shape {dots.shape}")
    cells = dots.reshape(dots.shape[0] // 4, 4, dots.shape[1] // 2, 2)
    if is_ascii:
        halves = np.stack([cells[:, :2].any(axis=(1, 3)), cells[:, 2:].any(axis=(1, 3))])
        return ["".join(" '.:"[index] for index in row) for row in np.einsum("hrc,h->rc", halves, [1, 2]).tolist()]
    codes = np.einsum("hywx,yx->hw", cells, _BRAILLE_BITS)
    return ["".join(chr(_BRAILLE_START + code) if code else " " for code in row) for row in codes.tolist()]


def curve_dots(values: NDArray[np.float64], height: int, width: int) -> NDArray[np.bool_]:
    """Return the dots (height, width) of a connected curve through ``values`` (N,), 0 to 1; NaN leaves a gap.

    Where several values share a column, all between the lowest and the highest is drawn, so that no peak is lost.
    """
    low, high = to_columns(values, width, keep="min"), to_columns(values, width, keep="max")
    low_before, high_before = (np.concatenate([[np.nan], edge[:-1]]) for edge in (low, high))
    # A column reaches as far as the nearer end of the one before it, if that lies above or below.
    top = _dot_rows(np.fmax(high, low_before), height)
    bottom = _dot_rows(np.fmin(low, high_before), height)
    rows = np.arange(height)[:, None]
    dots: NDArray[np.bool_] = (rows >= top) & (rows <= bottom) & np.isfinite(low)
    return dots


def _dot_rows(heights: NDArray[np.float64], rows: int) -> NDArray[np.int64]:
    return np.asarray(np.rint((1 - np.nan_to_num(heights)) * (rows - 1)), np.int64)


def nice_ceiling(value: float, steps: Sequence[float] = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)) -> float:
    """Return the next round number at or above ``value``, for the upper end of a scale; 1 for nothing above zero."""
    if not np.isfinite(value) or value <= 0:
        return 1.0
    decade = 10.0 ** np.floor(np.log10(value))
    return float(next(step * decade for step in steps if step * decade >= value * (1 - 1e-9)))
