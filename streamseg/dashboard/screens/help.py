"""All keys."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from streamseg.dashboard.keys import KEYS
from streamseg.overlay.caption import NOTICE

_KEYS_CELLS = 14
_NOTE = "Mouse: drag the markers, the bars and the scrubber; click the keys below. Tab goes from one to the next."


class HelpScreen(ModalScreen[None]):
    """Every key with what it does, by group."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,h,question_mark", "dismiss", "Close", show=False)]
    DEFAULT_CSS = "HelpScreen .dialog { height: 90%; } HelpScreen VerticalScroll { height: 1fr; }"

    def compose(self) -> ComposeResult:
        """Make the list."""
        with VerticalScroll(classes="dialog"):
            yield Static(help_text())


def help_text() -> Content:
    """Return all keys as text."""
    lines: list[Content] = []
    for group in dict.fromkeys(row.group for row in KEYS):
        lines.append(Content.styled(group, "$text-accent bold"))
        rows = (row for row in KEYS if row.group == group)
        lines.extend(Content.assemble((f"  {row.shown:<{_KEYS_CELLS}}", "bold"), row.words) for row in rows)
        lines.append(Content())
    lines.append(Content.styled(_NOTE, "$text-muted"))
    lines.append(Content.styled(f"{NOTICE}. Esc closes this.", "$text-muted"))
    return Content("\n").join(lines)
