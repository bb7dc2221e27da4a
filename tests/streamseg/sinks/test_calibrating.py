"""A person clicks two marks of the depth ruler in the window and types the millimetres: that is the scale from then."""

from dataclasses import replace

import pytest

from streamseg.geometry import Box
from streamseg.outline import Cover
from streamseg.settings import OutputSettings, SourceSettings
from streamseg.settings.profiles import read_profile
from streamseg.sinks.window import create, pygame
from tests.support.renderings import rendering_of, stream_of

SIZE = (200, 300)
WHOLE = (Box.whole(SIZE),)


class Desk:
    """A window in which a calibration goes on, and a hand on mouse and keyboard."""

    def __init__(self, folder, *, panes=WHOLE, **source):
        stream = stream_of(folder)
        settings = stream.settings.model_copy(update={"source": SourceSettings(calibrate=True, **source)})
        self.stream = replace(stream, settings=settings)
        self.window = create("", OutputSettings(folder=folder))
        self.window.open(self.stream)
        self.window.write(replace(rendering_of(0, size=SIZE), cover=Cover(panes=panes)))

    def post(self, kind, **fields):
        pygame.event.post(pygame.Event(kind, **fields))
        self.window.pump()

    def click(self, x, y):
        self.post(pygame.MOUSEBUTTONDOWN, button=1, pos=(x, y))

    def type(self, text):
        for key in text:
            self.post(pygame.KEYDOWN, key=0, unicode=key, mod=0)

    def press(self, key):
        self.post(pygame.KEYDOWN, key=key, unicode="", mod=0)

    @property
    def spacing(self):
        return self.stream.controls.current.spacing_mm

    @property
    def note(self):
        return self.window._note


@pytest.fixture
def desk_on(tmp_path, monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setenv("STREAMSEG_PROFILES", str(tmp_path / "profiles"))
    opened = []

    def make(**more):
        opened.append(Desk(tmp_path, **more))
        return opened[-1]

    yield make
    for desk in opened:
        desk.window.close()


def measure(desk, *, keys="40"):
    desk.click(50, 20)
    desk.click(50, 120)
    desk.type(keys)
    desk.press(pygame.K_RETURN)


def test_two_clicks_and_a_distance_set_the_spacing_and_that_is_an_event(desk_on):
    desk = desk_on()
    measure(desk)
    assert desk.spacing == "0.4"
    assert [(event.kind, event.message) for event in desk.stream.controls.take_events()] == [
        ("change", "spacing_mm = 0.4")
    ]
    assert "--profile NAME" in desk.note


def test_with_a_profile_it_is_kept_there(desk_on):
    desk = desk_on(profile="ward-3")
    measure(desk)
    assert read_profile("ward-3") == {"spacing_mm": "0.4"}
    assert "kept in ward-3.toml" in desk.note


def test_a_window_of_another_size_changes_no_scale(desk_on):
    desk = desk_on()
    width, height = desk.window._window.size
    desk.window._window.size = (2 * width, 2 * height)
    desk.click(100, 40)
    desk.click(100, 240)
    desk.type("40")
    desk.press(pygame.K_RETURN)
    assert float(desk.spacing) == pytest.approx(0.4, rel=1e-3)


def test_in_the_picture_beside_the_overlay_points_are_the_same(desk_on):
    desk = desk_on(panes=(Box(0, 0, 150, 100), Box(0, 104, 150, 100)))
    desk.click(20, 20)
    desk.click(124, 120)
    desk.type("40")
    desk.press(pygame.K_RETURN)
    assert desk.spacing == "0.4"


def test_a_click_beside_the_picture_and_points_too_near_are_said_and_it_goes_on(desk_on):
    desk = desk_on(panes=(Box(0, 0, 200, 100),))
    desk.click(250, 20)
    assert desk.window._calibrating._complaint == "click into the picture"
    desk.click(20, 20)
    desk.click(20, 22)
    desk.type("1")
    desk.press(pygame.K_RETURN)
    assert "at least 10 px apart" in desk.window._calibrating._complaint
    measure(desk)
    assert desk.spacing == "0.4"


def test_backspace_takes_a_digit_back_and_escape_gives_up_without_ending_the_stream(desk_on):
    desk = desk_on()
    desk.click(50, 20)
    desk.click(50, 120)
    desk.type("49")
    desk.press(pygame.K_BACKSPACE)
    desk.type("0")
    assert desk.window._calibrating._draft.typed == "40"
    desk.press(pygame.K_ESCAPE)
    assert desk.spacing == ""
    assert not desk.stream.controls.is_stopping


def test_other_keys_do_what_they_always_do(desk_on):
    desk = desk_on()
    desk.press(pygame.K_SPACE)
    assert desk.stream.controls.is_paused


def test_a_key_begins_a_calibration_and_the_request_is_on_screen(desk_on):
    desk = desk_on()
    desk.press(pygame.K_ESCAPE)
    before = pygame.surfarray.array3d(desk.window._window.get_surface())
    desk.press(pygame.K_c)
    desk.click(50, 20)
    assert desk.window._calibrating is not None
    assert (pygame.surfarray.array3d(desk.window._window.get_surface()) != before).any()
