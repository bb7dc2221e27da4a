"""What all drawn widgets share: ink from the theme, and a repaint of changed lines only."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from streamseg.dashboard.widgets._ink import Ink


class Drawn(Widget):
    """A widget that draws itself into strips; only lines that changed are sent to the terminal.

    Parameters
    ----------
    is_ascii
        Draw with ASCII characters only, for terminals without Unicode.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"drawn--{part}" for part in ("text", "muted", "line", "fill", "accent", "good", "warning", "bad")
    }
    DEFAULT_CSS = """
    Drawn {
        height: 1;
        &> .drawn--text { color: $foreground; }
        &> .drawn--muted { color: $text-muted; }
        &> .drawn--line { color: $text-primary; }
        &> .drawn--fill { color: $primary-muted; }
        &> .drawn--accent { color: $text-accent; text-style: bold; }
        &> .drawn--good { color: $text-success; }
        &> .drawn--warning { color: $text-warning; text-style: bold; }
        &> .drawn--bad { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, is_ascii: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self._is_ascii = is_ascii
        self._strips: list[Strip] = []
        self._ink: Ink | None = None

    def draw(self, height: int, width: int, ink: Ink) -> list[Strip]:
        """Return ``height`` strips of ``width`` cells; the subclass's part."""
        raise NotImplementedError

    @property
    def ink(self) -> Ink:
        """The styles that the theme gives now."""
        if self._ink is None:
            parts = [name.removeprefix("drawn--") for name in Drawn.COMPONENT_CLASSES]
            styles = {part: self.get_component_rich_style(f"drawn--{part}") for part in parts}
            self._ink = Ink(is_ascii=self._is_ascii, **styles)
        return self._ink

    def redraw(self) -> None:
        """Draw anew, and have the lines repainted that differ from before."""
        if not self.is_mounted or not self.size.area:
            return
        old, self._strips = self._strips, self.draw(self.size.height, self.size.width, self.ink)
        if len(old) != len(self._strips):
            self.refresh()
            return
        changed = [y for y, (before, after) in enumerate(zip(old, self._strips, strict=True)) if before != after]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """Return line ``y`` as it was drawn."""
        if not self._strips or self._ink is None:
            self._strips = self.draw(self.size.height, self.size.width, self.ink)
        if y >= len(self._strips):
            return Strip.blank(self.size.width, self.rich_style)
        return self._strips[y]

    def notify_style_update(self) -> None:
        """Take the theme's new styles at the next drawing."""
        super().notify_style_update()
        self._ink = None

    def on_resize(self, event: events.Resize) -> None:
        """Draw for the new size."""
        del event
        self._strips = []
        self.redraw()
