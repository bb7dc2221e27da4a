"""The dialogue in a window in which a person measures mm per pixel: two clicks on the depth ruler, and a distance."""

from __future__ import annotations

import logging

from streamseg.errors import SettingsError
from streamseg.geometry import Letterbox, Size
from streamseg.protocols import StreamInfo
from streamseg.scan.calibration import Calibration, CalibrationDraft, PixelPoint
from streamseg.scan.spacing import spacing_text
from streamseg.settings.profiles import keep_in_profile
from streamseg.sinks._desktop import pygame, write_panel
from streamseg.watch.history import Shown

_log = logging.getLogger(__name__)

_INK = (255, 238, 140)


class Calibrating:
    """Takes clicks and keys until it is over: with Enter, or given up with Esc."""

    def __init__(self) -> None:
        self._draft = CalibrationDraft()
        self._complaint = ""
        self._result: Calibration | None = None
        self.is_over = False

    def handle(self, event: pygame.Event, window: pygame.Window, shown: Shown) -> bool:
        """Answer ``event``, and return whether it was meant for the calibration."""
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            self._click(event.pos, window, shown)
            return True
        if event.type != pygame.KEYDOWN:
            return False
        if event.key in (pygame.K_RETURN, pygame.K_KP_ENTER):
            self._finish()
        elif event.key == pygame.K_BACKSPACE:
            self._draft = self._draft.without_last_key()
        elif event.key == pygame.K_ESCAPE:
            self.is_over = True
        else:
            before, self._draft = self._draft, self._draft.with_key(event.unicode)
            return self._draft is not before
        return True

    def keep(self, stream: StreamInfo) -> str:
        """Use what was measured for the rest of the stream, and in its profile. Return what to tell the person."""
        if self._result is None:
            return ""
        text = spacing_text(self._result.spacing_mm)
        stream.controls.change(spacing_mm=text)
        said = f"{text} mm per pixel"
        profile = stream.settings.source.profile
        if profile is None:
            return f"{said}; with --profile NAME it is kept"
        try:
            path = keep_in_profile(profile, {"spacing_mm": text})
        except SettingsError as err:
            # The stream goes on with what was measured, kept or not.
            _log.warning("%s", err)
            return f"{said}; {err}"
        return f"{said}, kept in {path.name}"

    def paint(self, surface: pygame.Surface, shown: Shown) -> None:
        """Draw the points chosen, and what is asked for."""
        for y, x in self._draft.points:
            centre = _to_surface((y, x), surface, shown)
            for step in ((9, 0), (0, 9)):
                first, last = ((centre[0] + sign * step[0], centre[1] + sign * step[1]) for sign in (-1, 1))
                pygame.draw.line(surface, _INK, first, last)
        write_panel(surface, [(self._complaint or self._draft.request, "")])

    def _click(self, position: tuple[int, int], window: pygame.Window, shown: Shown) -> None:
        surface = window.get_surface()
        # On a dense display a click counts in points and the surface in pixels.
        dense = surface.get_width() / window.size[0]
        point = _to_picture((position[0] * dense, position[1] * dense), surface, shown)
        if point is None:
            self._complaint = "click into the picture"
        else:
            self._draft, self._complaint = self._draft.with_point(point), ""

    def _finish(self) -> None:
        try:
            self._result, self.is_over = self._draft.finish(), True
        except ValueError as err:
            self._complaint, self._draft = f"{err}", CalibrationDraft()


def _placed(surface: pygame.Surface, shown: Shown) -> tuple[Letterbox, float]:
    """Return how the canvas is placed on ``surface``, and how many pixels of that one of its own takes."""
    size: Size = (shown.canvas.shape[0], shown.canvas.shape[1])
    letterbox = Letterbox.fit(size, surface.get_size()[::-1])
    return letterbox, letterbox.inner.height / size[0]


def _to_picture(position: tuple[float, float], surface: pygame.Surface, shown: Shown) -> PixelPoint | None:
    """Return the point (y, x) of the picture at ``position`` (x, y) of ``surface``; None beside the picture."""
    letterbox, scale = _placed(surface, shown)
    y = (position[1] - letterbox.inner.top + 0.5) / scale - 0.5
    x = (position[0] - letterbox.inner.left + 0.5) / scale - 0.5
    for pane in shown.cover.panes:
        if pane.top <= y < pane.top + pane.height and pane.left <= x < pane.left + pane.width:
            return y - pane.top, x - pane.left
    return None


def _to_surface(point: PixelPoint, surface: pygame.Surface, shown: Shown) -> tuple[int, int]:
    """Return where (x, y) on ``surface`` a point (y, x) of the picture is, in its last pane."""
    letterbox, scale = _placed(surface, shown)
    pane = shown.cover.panes[-1]
    y = (point[0] + pane.top + 0.5) * scale + letterbox.inner.top - 0.5
    x = (point[1] + pane.left + 0.5) * scale + letterbox.inner.left - 0.5
    return round(x), round(y)
