"""What drawn widgets share that are operated by holding the mouse on them."""

from __future__ import annotations

from typing import Any

from textual import events

from streamseg.dashboard.widgets._drawn import Drawn


class Dragged(Drawn):
    """A widget that follows the mouse along its columns while it is held."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._is_dragged = False

    def is_handle(self, column: int) -> bool:
        """Whether a drag may begin at ``column``; anywhere, unless a widget says otherwise."""
        del column
        return True

    def drag_to(self, column: int) -> None:
        """Follow the mouse to ``column``, which may lie outside of the widget."""
        raise NotImplementedError

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Go to where the mouse points, and follow it."""
        offset = event.get_content_offset(self)
        if offset is not None and self.is_handle(offset.x):
            self._is_dragged = True
            self.capture_mouse()
            self.drag_to(offset.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while it is held."""
        if self._is_dragged:
            self.drag_to(event.get_content_offset_capture(self).x)

    def on_mouse_up(self) -> None:
        """Let go."""
        self._is_dragged = False
        self.release_mouse()
