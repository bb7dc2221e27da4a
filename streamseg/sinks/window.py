"""Shows the overlay in a window of the desktop, with keys for what may change while a stream runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from streamseg.errors import SinkError
from streamseg.frame import Rendering
from streamseg.geometry import Letterbox, Size
from streamseg.protocols import StreamInfo
from streamseg.settings import OutputSettings, OverlayMode
from streamseg.sinks._calibrating import Calibrating
from streamseg.sinks._desktop import blit, pygame, start_pygame, write_panel
from streamseg.video.stills import save_still
from streamseg.watch.history import History, Shown

_log = logging.getLogger(__name__)

PLUGIN: dict[str, object] = {}

HISTORY_BYTES = 64 * 1024 * 1024
_LARGEST_SHARE_OF_DESKTOP = 0.9
_NOTE_S = 2.0
_HELP = (
    ("space", "pause, go on"),
    ("left right", "frame before; next frame, while paused"),
    ("[ ]", "threshold by 0.05, with shift by 0.01"),
    ("o", "next way of drawing"),
    ("l", "callipers on, off"),
    ("s", "save the picture"),
    ("c", "measure mm per pixel on the depth ruler"),
    ("r", "recording on, off"),
    ("h ?", "these keys"),
    ("q Esc", "end"),
)
_THRESHOLD_STEPS = {"[": -0.05, "]": 0.05, "{": -0.01, "}": 0.01}
_REDRAWS = frozenset({pygame.WINDOWEXPOSED, pygame.WINDOWRESIZED, pygame.WINDOWSIZECHANGED, pygame.WINDOWRESTORED})


def create(target: str, settings: OutputSettings) -> Window:
    """Return a window; there is nothing that ``target`` could choose."""
    if target:
        raise SinkError(f"the window takes no target, got {target!r}; write just window")
    return Window(settings)


class Window:
    """A window on the newest canvas, or while the stream is held on those before.

    A held file stops; a held camera goes on, and only its picture stands still here.
    """

    name = "window"
    needs_main_thread = True
    needs_every_frame = False

    def __init__(self, settings: OutputSettings) -> None:
        self._folder = settings.folder
        self._stream: StreamInfo | None = None
        self._window: pygame.Window | None = None
        self._history = History(HISTORY_BYTES)
        self._canvas_size: Size | None = None
        self._takes_next = self._has_help = self._is_stale = False
        self._note, self._note_until = "", 0.0
        self._calibrating: Calibrating | None = None
        self._newest: Rendering | None = None
        self._keys: Mapping[int, Callable[[], None]] = {
            pygame.K_SPACE: self._toggle_pause,
            pygame.K_RIGHT: self._go_forward,
            pygame.K_LEFT: self._go_back,
            pygame.K_o: self._change_mode,
            pygame.K_l: self._toggle_callipers,
            pygame.K_s: self._save,
            pygame.K_c: self._calibrate,
            pygame.K_r: self._toggle_recording,
            pygame.K_h: self._toggle_help,
            pygame.K_q: self._stop,
            pygame.K_ESCAPE: self._stop,
        }

    def open(self, stream: StreamInfo) -> None:
        """Make the window; it is shown with the first frame.

        Raises
        ------
        SinkError
            There is no display.
        """
        self._stream = stream
        start_pygame()
        try:
            self._window = pygame.Window(self._title(), (640, 480), hidden=True, resizable=True, allow_high_dpi=True)
        except pygame.error as err:
            raise SinkError(f"the window cannot be opened: {err}; use --view none") from err
        if stream.settings.source.calibrate:
            self._calibrate()

    def write(self, rendering: Rendering) -> None:
        """Show the canvas, unless the picture is held, and answer the user."""
        if self._stream is None or self._window is None:
            raise SinkError("the window was given a frame before it was opened")
        is_held = self._stream.controls.is_paused and self._stream.source.is_live and not self._takes_next
        if not is_held:
            self._takes_next = False
            self._newest = rendering
            self._history.add(Shown(rendering.canvas, rendering.segmentation.frame.index, rendering.cover))
            self._fit_window(self._window, (rendering.canvas.shape[0], rendering.canvas.shape[1]))
            self._is_stale = True
        self.pump()

    def pump(self) -> None:
        """Answer the user and the desktop; to be called about thirty times a second while no frame comes."""
        if self._window is None:
            return
        for event in pygame.event.get():
            self._handle(event)
        if self._note and time.monotonic() > self._note_until:
            self._note, self._is_stale = "", True
        if self._is_stale:
            self._is_stale = False
            self._redraw(self._window)

    def close(self) -> None:
        """Close the window; idempotent."""
        if self._window is not None:
            self._window.destroy()
            self._window = None
            pygame.display.quit()
            pygame.font.quit()

    def _handle(self, event: pygame.Event) -> None:
        if event.type in (pygame.QUIT, pygame.WINDOWCLOSE):
            self._stop()
        elif event.type in _REDRAWS or self._take_calibration(event):
            self._is_stale = True
        elif event.type == pygame.KEYDOWN:
            # What a key types decides where keyboards differ: brackets are elsewhere on most of them.
            if event.unicode in _THRESHOLD_STEPS:
                self._change_threshold(_THRESHOLD_STEPS[event.unicode])
            elif event.unicode == "?":
                self._toggle_help()
            elif event.key in self._keys:
                self._keys[event.key]()
            self._is_stale = True

    @property
    def _info(self) -> StreamInfo:
        if self._stream is None:
            raise SinkError("the window was used before it was opened")
        return self._stream

    def _stop(self) -> None:
        self._info.controls.stop()

    def _toggle_pause(self) -> None:
        if self._info.controls.is_paused:
            self._history.go_to_newest()
            self._info.controls.resume()
        else:
            self._info.controls.pause()

    def _go_forward(self) -> None:
        if not self._info.controls.is_paused:
            return
        if not self._history.go(1):
            self._takes_next = True
            self._info.controls.step()

    def _go_back(self) -> None:
        if not self._info.controls.is_paused:
            self._info.controls.pause()
        if not self._history.go(-1):
            self._say("no earlier picture is kept")

    def _change_threshold(self, step: float) -> None:
        threshold = min(1.0, max(0.0, round(self._info.controls.current.threshold + step, 2)))
        self._info.controls.change(threshold=threshold)
        self._say(f"threshold {threshold:.2f}")

    def _change_mode(self) -> None:
        modes = get_args(OverlayMode)
        mode = modes[(modes.index(self._info.controls.current.overlay.mode) + 1) % len(modes)]
        self._info.controls.change(overlay={"mode": mode})
        self._say(mode)

    def _toggle_callipers(self) -> None:
        has_callipers = not self._info.controls.current.overlay.callipers
        self._info.controls.change(overlay={"callipers": has_callipers})
        self._say(f"callipers {'on' if has_callipers else 'off'}")

    def _toggle_recording(self) -> None:
        is_recording = not self._info.controls.current.is_recording
        self._info.controls.change(is_recording=is_recording)
        self._say(f"recording {'on' if is_recording else 'off'}")

    def _toggle_help(self) -> None:
        self._has_help = not self._has_help

    def _save(self) -> None:
        shown = self._history.current
        if shown is None:
            return
        try:
            path = save_still(self._keepable(shown), shown.index, self._folder)
        except SinkError as err:
            # A picture that could not be saved is no reason to end a stream.
            _log.warning("%s", err)
            self._say(str(err))
            return
        self._info.controls.note("snapshot", f"{path.name} of frame {shown.index}")
        self._say(f"saved {path.name}")

    def _keepable(self, shown: Shown) -> NDArray[np.uint8]:
        """Return the canvas as it may be kept; of an older picture without what is drawn beside the scan too."""
        newest = self._newest
        if newest is not None and newest.canvas is shown.canvas:
            return newest.kept_canvas
        return shown.cover.of_canvas(shown.canvas)

    def _calibrate(self) -> None:
        self._calibrating = Calibrating()

    def _take_calibration(self, event: pygame.Event) -> bool:
        """Let a calibration that goes on answer ``event``, and return whether it did."""
        window, shown, calibrating = self._window, self._history.current, self._calibrating
        if window is None or shown is None or calibrating is None or not calibrating.handle(event, window, shown):
            return False
        if calibrating.is_over:
            self._calibrating = None
            self._say(calibrating.keep(self._info) or "not calibrated")
        return True

    def _say(self, text: str) -> None:
        self._note, self._note_until = text, time.monotonic() + _NOTE_S

    def _title(self) -> str:
        parts = [self._info.source.name, "streamseg"]
        if self._history.behind:
            parts.append(f"{self._history.behind} back")
        if self._info.controls.is_paused:
            parts.append("paused")
        return " - ".join((*parts, "research use only"))

    def _fit_window(self, window: pygame.Window, size: Size) -> None:
        """Make the window the size of the canvas whenever that is a new one, or as large as the desktop has room."""
        if size == self._canvas_size:
            return
        self._canvas_size = size
        width, height = pygame.display.get_desktop_sizes()[0]
        room = (int(height * _LARGEST_SHARE_OF_DESKTOP), int(width * _LARGEST_SHARE_OF_DESKTOP))
        inner = size if size[0] <= room[0] and size[1] <= room[1] else Letterbox.fit(size, room).inner.size
        window.size = (inner[1], inner[0])
        window.position = pygame.WINDOWPOS_CENTERED
        window.show()

    def _redraw(self, window: pygame.Window) -> None:
        shown = self._history.current
        if shown is None:
            return
        if window.title != self._title():
            window.title = self._title()
        surface = window.get_surface()
        surface.fill((0, 0, 0))
        blit(surface, shown.canvas)
        if self._calibrating is not None:
            self._calibrating.paint(surface, shown)
        elif self._has_help:
            write_panel(surface, _HELP)
        elif self._note:
            write_panel(surface, [(self._note, "")])
        window.flip()
