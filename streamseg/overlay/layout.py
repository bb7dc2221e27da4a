"""Where the items of a caption stand: rows filled from the left, what matters most at the right end where it fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """Something to place, ``width_px`` wide and ``lines`` lines of text high."""

    key: str
    width_px: int
    lines: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """Items that begin a new row: ``head`` from the left, ``tail`` at the right end of its last row.

    Where there is no room for the tail it gets rows of its own, from the left as well and turned round, so that its
    last item is the one at the edge there too.
    """

    head: tuple[Item, ...]
    tail: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """Left and top of an item, in pixels."""

    x_px: int
    y_px: int


def arrange(
    groups: Sequence[Group], *, width_px: int, gap_px: int, line_px: int, leading_px: int
) -> tuple[dict[str, Spot], int]:
    """Place every item within ``width_px``, none over another.

    Parameters
    ----------
    gap_px, leading_px
        Distance between neighbours in a row, and between rows.
    line_px
        Height of a line of text.

    Returns
    -------
    spots, height_px
        Where each item stands, by key, and how high all rows are together.

    Raises
    ------
    ValueError
        An item is wider than the room there is.
    """
    spots: dict[str, Spot] = {}
    top = 0
    for row in (row for group in groups for row in _rows(group, width_px, gap_px)):
        spots |= {item.key: Spot(x, top) for item, x in row}
        top += max(item.lines for item, _ in row) * line_px + leading_px
    return spots, max(0, top - leading_px)


def _rows(group: Group, width_px: int, gap_px: int) -> list[list[tuple[Item, int]]]:
    rows = _flow(group.head, width_px, gap_px)
    tail_px = sum(item.width_px for item in group.tail) + gap_px * (len(group.tail) - 1)
    end_px = rows[-1][-1][1] + rows[-1][-1][0].width_px + gap_px if rows else 0
    if not group.tail or not rows or end_px + tail_px > width_px:
        return rows + _flow(group.tail[::-1], width_px, gap_px)
    left = width_px - tail_px
    for item in group.tail:
        rows[-1].append((item, left))
        left += item.width_px + gap_px
    return rows


def _flow(items: Sequence[Item], width_px: int, gap_px: int) -> list[list[tuple[Item, int]]]:
    rows: list[list[tuple[Item, int]]] = []
    left = 0
    for item in items:
        if item.width_px > width_px:
            raise ValueError(f"{item.key!r} is {item.width_px} px wide and there are {width_px} px")
        if not rows or left + item.width_px > width_px:
            rows.append([])
            left = 0
        rows[-1].append((item, left))
        left += item.width_px + gap_px
    return rows
