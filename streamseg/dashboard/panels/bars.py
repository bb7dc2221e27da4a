"""The lines at the upper and lower edge: what runs, what happened last, and the keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from streamseg.dashboard.arrangement import PAGES
from streamseg.dashboard.keys import KEYS, KeyRow
from streamseg.overlay.caption import NOTICE
from streamseg.watch.snapshot import Snapshot, State

_NOTE_S = 6.0
_GAP = "  "

# What is of use to most people first; those for help and end are always there.
_LABELS = ("hold", "threshold", "view", "pages", "record", "mark", "overlay", "undo", "save", "switch")

_SIGNS: Mapping[State, str] = {
    "waiting": "○",
    "starting": "○",
    "running": "●",
    "held": "‖",
    "switching": "⇄",
    "ended": "■",
    "failed": "✕",
}
_ASCII_SIGNS: Mapping[State, str] = {
    "waiting": ".",
    "starting": ".",
    "running": "*",
    "held": "=",
    "switching": "~",
    "ended": "#",
    "failed": "X",
}
_STYLES: Mapping[State, str] = {
    "running": "$text-success",
    "held": "$text-warning",
    "switching": "$text-warning",
    "failed": "$text-error bold",
}


class TitleBar(Static):
    """State, source and model; and what it is not for, always."""

    def __init__(self, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._is_ascii = is_ascii
        self._said: tuple[Content, int] | None = None

    def show(self, snapshot: Snapshot) -> None:
        """Show what runs."""
        said = (self._title(snapshot), self.size.width)
        if said != self._said:
            self._said = said
            self.update(_spread(said[0], Content.styled(NOTICE.partition(" - ")[0], "$text-warning bold"), said[1]))

    def _title(self, snapshot: Snapshot) -> Content:
        state, identity = snapshot.state, snapshot.identity
        sign = (_ASCII_SIGNS if self._is_ascii else _SIGNS)[state]
        parts = [Content.styled(f"{sign} {state}", _STYLES.get(state, "$text-muted"))]
        is_on = state in ("running", "held", "starting")
        if is_on and snapshot.live is not None and snapshot.live.is_recording:
            parts.append(Content.styled("* REC" if self._is_ascii else "● REC", "$text-error bold"))
        if identity is not None:
            parts.append(Content.styled(identity.source.name, "bold"))
            parts.append(Content.styled(f"{identity.model.name} {identity.model.version}", "$text-muted"))
        return Content(_GAP).join(parts)


class NoteBar(Static):
    """The last thing that was done or went wrong. What went wrong for good stays."""

    def __init__(self, *, clock_s: Callable[[], float] = time.monotonic, **options: Any) -> None:
        super().__init__(**options)
        self._clock_s = clock_s
        self._note = Content()
        self._until_s = 0.0
        self._said: Content | None = None

    def say(self, words: str, *, is_refusal: bool = False) -> None:
        """Say what was done, or why it was not, for some seconds."""
        self._note = Content.styled(words, "$text-warning" if is_refusal else "$text-accent")
        self._until_s = self._clock_s() + _NOTE_S

    def show(self, snapshot: Snapshot) -> None:
        """Show the note, or what the feed has to say."""
        if snapshot.error:
            said = Content.styled(f"failed: {snapshot.error}", "$text-error bold")
        elif self._clock_s() < self._until_s:
            said = self._note
        else:
            said = Content.styled(snapshot.message, "$text-warning")
        if said != self._said:
            self._said = said
            self.update(said)


class KeyBar(Static):
    """The most useful keys, to be clicked as well; the last ones go where there is no room."""

    def __init__(self, has: Callable[[KeyRow], bool], **options: Any) -> None:
        super().__init__(**options)
        self._has = has

    def on_resize(self) -> None:
        """Write as many keys as there is room for."""
        self.show()

    def show(self) -> None:
        """Write the keys that do something now."""
        self.update(key_line([row for row in KEYS if row.label and self._has(row)], self.size.width))


class PageBar(Static):
    """The names of the pages, to be clicked, for terminals that have no room for all at once."""

    def show(self, page: int) -> None:
        """Show which page is seen."""
        self.update(Content(" ").join(_tab(number, is_seen=number == page) for number in PAGES))


def _tab(number: int, *, is_seen: bool) -> Content:
    style = "$text-accent bold reverse" if is_seen else "$text-muted"
    return Content.styled(f"{number} {PAGES[number]}", style).stylize(
        Style.from_meta({"@click": f"app.page({number})"})
    )


def key_line(rows: list[KeyRow], width: int) -> Content:
    """Return the keys of ``rows`` that fit into ``width`` cells, those for help and end always."""
    always = [row for row in rows if row.label in ("help", "end")]
    room = width - sum(_cells(row) for row in always)
    shown = []
    by_label = {row.label: row for row in rows}
    for row in (by_label[label] for label in _LABELS if label in by_label):
        if _cells(row) > room:
            break
        room -= _cells(row)
        shown.append(row)
    return Content("").join(_key(row) for row in (*shown, *always))


def _cells(row: KeyRow) -> int:
    return len(_short_keys(row)) + len(row.label) + 3


def _short_keys(row: KeyRow) -> str:
    """Return the keys as the line has room for them: one of a pair that goes both ways, all of one that goes on."""
    keys = row.shown.split()
    if row.label == "pages":
        return f"{keys[0]}-{keys[-1]}"
    return " ".join(keys) if row.label == "threshold" else keys[0]


def _key(row: KeyRow) -> Content:
    click = Style.from_meta({"@click": f"app.{row.keys[-1 if row.label == 'threshold' else 0][1]}"})
    keys = Content.styled(f" {_short_keys(row)} ", "$text-accent bold")
    return keys.append(Content.styled(f"{row.label} ", "$text-muted")).stylize(click)


def _spread(left: Content, right: Content, width: int) -> Content:
    """Return both ends of a line; the left one is cut where they do not fit."""
    room = max(0, width - right.cell_length - 1)
    if left.cell_length > room:
        left = left.truncate(room, ellipsis=True)
    return left.append(" " * (width - left.cell_length - right.cell_length)).append(right)
