"""The window: keys become controls, the picture stays what was drawn, and where there is no display it says so."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from streamseg.errors import SinkError
from streamseg.settings import OutputSettings
from streamseg.sinks.window import create, pygame
from tests.support.renderings import rendering_of, stream_of

DEADLINE_S = 60
TYPED = {"?": pygame.K_SLASH, "[": pygame.K_LEFTBRACKET, "]": pygame.K_RIGHTBRACKET}


class Shown:
    """An open window, the stream behind it, and fingers."""

    def __init__(self, folder, **stream):
        self.stream = stream_of(folder, **stream)
        self.controls = self.stream.controls
        self.sink = create("", OutputSettings(folder=folder))
        self.sink.open(self.stream)

    def show(self, *indices, **more):
        for index in indices:
            self.sink.write(rendering_of(index, **more))

    def press(self, *keys):
        for key in keys:
            is_typed = isinstance(key, str)
            code = TYPED.get(key, 0) if is_typed else key
            pygame.event.post(pygame.Event(pygame.KEYDOWN, key=code, unicode=key if is_typed else "", mod=0))
            self.sink.pump()

    @property
    def index(self):
        return self.sink._history.current.index

    @property
    def pixels(self):
        surface = self.sink._window.get_surface()
        return pygame.surfarray.array3d(surface).transpose(1, 0, 2)

    @property
    def title(self):
        return self.sink._window.title


@pytest.fixture
def window_on(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    opened = []

    def make(folder=tmp_path, **stream):
        opened.append(Shown(folder, **stream))
        return opened[-1]

    yield make
    for shown in opened:
        shown.sink.close()


@pytest.fixture
def shown(window_on):
    return window_on()


def kinds(controls):
    return [event.kind for event in controls.take_events()]


def test_the_window_takes_the_size_of_the_canvas_and_shows_it_to_the_pixel(shown):
    rendering = rendering_of(0, size=(200, 300))
    shown.sink.write(rendering)
    np.testing.assert_array_equal(shown.pixels, rendering.canvas)


def test_another_shape_of_canvas_is_taken_up(shown):
    shown.show(0)
    wide = rendering_of(1, size=(100, 400))
    shown.sink.write(wide)
    np.testing.assert_array_equal(shown.pixels, wide.canvas)


def test_in_a_window_of_another_shape_the_picture_keeps_its_own(shown):
    rendering = rendering_of(0, size=(200, 300))
    shown.sink.write(rendering)
    height, width, _ = rendering.canvas.shape
    shown.sink._window.size = (2 * width, height)
    pygame.event.post(pygame.Event(pygame.WINDOWRESIZED))
    shown.sink.pump()
    left = width // 2
    np.testing.assert_array_equal(shown.pixels[:, left : left + width], rendering.canvas)
    assert not shown.pixels[:, :left].any()
    assert not shown.pixels[:, left + width :].any()


def test_the_title_names_the_source_and_says_research_use_only(shown):
    shown.show(0)
    assert shown.title == "clip.mp4 - streamseg - research use only"


@pytest.mark.parametrize("key", [pygame.K_q, pygame.K_ESCAPE])
def test_keys_end_the_stream(shown, key):
    shown.press(key)
    assert shown.controls.is_stopping


@pytest.mark.parametrize("kind", [pygame.QUIT, pygame.WINDOWCLOSE])
def test_the_close_button_ends_the_stream(shown, kind):
    pygame.event.post(pygame.Event(kind))
    shown.sink.pump()
    assert shown.controls.is_stopping


def test_space_pauses_and_goes_on(shown):
    shown.show(0)
    shown.press(pygame.K_SPACE)
    assert shown.controls.is_paused
    assert "paused" in shown.title
    shown.press(pygame.K_SPACE)
    assert not shown.controls.is_paused
    assert "paused" not in shown.title


def test_left_goes_back_and_right_forward_through_what_was_shown(shown):
    shown.show(0, 1, 2)
    shown.press(pygame.K_LEFT, pygame.K_LEFT)
    assert shown.controls.is_paused
    assert (shown.index, "2 back" in shown.title) == (0, True)
    np.testing.assert_array_equal(shown.pixels, rendering_of(0).canvas)
    shown.press(pygame.K_RIGHT)
    assert shown.index == 1


def test_right_behind_the_newest_lets_one_more_frame_through(shown):
    shown.show(0)
    shown.press(pygame.K_SPACE, pygame.K_RIGHT)
    assert shown.controls.wait_for_turn()
    assert shown.controls._steps == 0
    shown.show(1)
    assert shown.index == 1


def test_right_does_nothing_while_the_stream_runs(shown):
    shown.show(0)
    shown.press(pygame.K_RIGHT)
    assert shown.controls._steps == 0


def test_a_held_camera_goes_on_but_its_picture_stands_still_until_the_next_step(window_on):
    shown = window_on(is_live=True)
    shown.show(0)
    shown.press(pygame.K_SPACE)
    shown.show(1, 2)
    assert shown.index == 0
    shown.press(pygame.K_RIGHT)
    shown.show(3, 4)
    assert shown.index == 3
    shown.press(pygame.K_SPACE)
    shown.show(5)
    assert shown.index == 5


@pytest.mark.parametrize(("key", "expected"), [("[", 0.45), ("]", 0.55), ("{", 0.49), ("}", 0.51)])
def test_brackets_change_the_threshold(shown, key, expected):
    shown.press(key)
    assert shown.controls.current.threshold == pytest.approx(expected)


def test_the_threshold_stays_between_0_and_1(shown):
    shown.press(*"[" * 12)
    assert shown.controls.current.threshold == 0
    shown.press(*"]" * 24)
    assert shown.controls.current.threshold == 1


def test_o_goes_through_all_ways_of_drawing(shown):
    modes = []
    for _ in range(5):
        shown.press(pygame.K_o)
        modes.append(shown.controls.current.overlay.mode)
    assert modes == ["side-by-side", "raw", "heatmap", "contour", "both"]


def test_l_switches_callipers(shown):
    shown.press(pygame.K_l)
    assert not shown.controls.current.overlay.callipers
    shown.press(pygame.K_l)
    assert shown.controls.current.overlay.callipers


def test_r_switches_recording(shown):
    shown.press(pygame.K_r)
    assert not shown.controls.current.is_recording
    shown.press(pygame.K_r)
    assert shown.controls.current.is_recording


def test_s_saves_the_canvas_without_loss_and_notes_it(shown, tmp_path):
    rendering = rendering_of(12)
    shown.sink.write(rendering)
    shown.press(pygame.K_s, pygame.K_s)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["streamseg-frame-000012-2.png", "streamseg-frame-000012.png"]
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / names[1])), rendering.canvas)
    assert kinds(shown.controls) == ["snapshot", "snapshot"]


def test_a_picture_that_cannot_be_saved_does_not_end_the_stream(window_on, tmp_path, caplog):
    shown = window_on(tmp_path / "missing")
    shown.show(0)
    shown.press(pygame.K_s)
    assert "cannot save streamseg-frame-" in caplog.text
    assert not shown.controls.is_stopping
    assert kinds(shown.controls) == []


@pytest.mark.parametrize("key", ["?", pygame.K_h])
def test_help_comes_and_goes_over_the_picture(shown, key):
    shown.show(0)
    bare = shown.pixels.copy()
    shown.press(key)
    assert (shown.pixels != bare).any()
    shown.press(key)
    np.testing.assert_array_equal(shown.pixels, bare)


def test_before_the_first_picture_keys_are_harmless(shown, tmp_path):
    shown.press(pygame.K_s, pygame.K_LEFT, pygame.K_RIGHT, pygame.K_h)
    assert list(tmp_path.iterdir()) == []


def test_a_target_is_refused():
    with pytest.raises(SinkError, match="takes no target"):
        create("somewhere", OutputSettings())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
@pytest.mark.parametrize("display", [None, ":4095"], ids=["none", "out of reach"])
def test_without_a_display_one_clear_line_says_so(display):
    code = (
        "from pathlib import Path\n"
        "from streamseg.errors import SinkError\n"
        "from streamseg.settings import OutputSettings\n"
        "from streamseg.sinks.window import create\n"
        "from tests.support.renderings import stream_of\n"
        "sink = create('', OutputSettings())\n"
        "try:\n    sink.open(stream_of(Path()))\n"
        "except SinkError as err:\n    print(err)\n"
        "sink.close()\n"
    )
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    if display is not None:
        environment["DISPLAY"] = display
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("no display; use --view none")
    assert done.stdout.count("\n") == 1
