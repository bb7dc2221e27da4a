"""The preview shows the newest picture, as often as it may, and sends no more than has changed."""

import io

import numpy as np
import pytest
from rich.console import Console
from textual.app import App
from textual.screen import ModalScreen

from streamseg.dashboard.widgets.carrying import CarryingStrip
from streamseg.dashboard.widgets.graphics import TerminalGraphics
from streamseg.dashboard.widgets.preview import DrawingCost, DrawingLimits, Preview, seconds_between

OFTEN = DrawingLimits(rate_hz=1e6, time_share=1.0)
SELDOM = DrawingLimits(rate_hz=1e-3)
SIZE = (20, 5)
PLACEHOLDER = "\U0010eeee"


class Watched(Preview):
    """Keeps which lines were sent."""

    def __init__(self, **options):
        super().__init__(**options)
        self.sent = []

    def refresh(self, *regions, **options):
        self.sent += [region.y for region in regions]
        return super().refresh(*regions, **options)


class Showing(App):
    """A preview that fills the terminal."""

    def __init__(self, **options):
        super().__init__()
        self.preview = Watched(**options)

    def compose(self):
        yield self.preview


class Cover(ModalScreen):
    """Something over the preview."""


def picture(value=200):
    return np.full((10, 20, 3), value, np.uint8)


async def until(pilot, is_so):
    """Let the application go on until ``is_so()``, for ten seconds at most."""
    for _ in range(500):
        if is_so():
            return
        await pilot.pause(0.02)
    pytest.fail("it did not come to pass within ten seconds")


async def show_both(pilot, first, second):
    """Have both pictures drawn, and return which lines were sent for the second."""
    preview = pilot.app.preview
    preview.show(first)
    await pilot.pause()
    preview.sent.clear()
    preview.show(second)
    await until(pilot, lambda: preview.cost.pictures == 2)
    return preview.sent


def strips_of(preview):
    return preview.render_lines(preview.size.region)


def shown_value(preview):
    """Return the grey of the last cell."""
    return list(strips_of(preview)[-1])[-1].style.bgcolor.triplet.red


async def test_the_same_array_again_costs_nothing():
    app = Showing(depth="true", limits=OFTEN)
    async with app.run_test(size=SIZE):
        same = picture()
        app.preview.show(same)
        sent = len(app.preview.sent)
        app.preview.show(same)
        assert app.preview.cost.pictures == 1
        assert len(app.preview.sent) == sent == 5


async def test_only_lines_that_differ_are_sent():
    app = Showing(depth="true", limits=OFTEN)
    async with app.run_test(size=SIZE) as pilot:
        changed = picture()
        changed[4:6] = 0
        assert await show_both(pilot, picture(), changed) == [2]


async def test_between_two_drawings_only_the_newest_picture_is_kept():
    app = Showing(depth="true", limits=DrawingLimits(rate_hz=1, time_share=1.0))
    async with app.run_test(size=SIZE) as pilot:
        for value in (10, 60, 120, 248):
            app.preview.show(picture(value))
        assert shown_value(app.preview) == 8 + (10 >> 5)
        await until(pilot, lambda: app.preview.cost.pictures == 2)
        assert shown_value(app.preview) == 255
        assert app.preview.cost.passed_over == 2


async def test_a_slow_rate_holds_pictures_back():
    app = Showing(depth="true", limits=SELDOM)
    async with app.run_test(size=SIZE) as pilot:
        for value in range(0, 200, 20):
            app.preview.show(picture(value))
            await pilot.pause()
        assert app.preview.cost.pictures == 1
        assert app.preview.cost.passed_over == 8


def test_the_tightest_limit_holds():
    cost = DrawingCost(pictures=1, last_ms=20.0, last_bytes=100_000)
    assert seconds_between(DrawingLimits(10, 1.0), cost) == pytest.approx(0.1)
    assert seconds_between(DrawingLimits(10, 0.1), cost) == pytest.approx(0.2)
    assert seconds_between(DrawingLimits(10, 0.1, 200_000), cost) == pytest.approx(0.5)


@pytest.mark.parametrize("bad", [{"rate_hz": 0}, {"time_share": 0}, {"time_share": 1.1}, {"bytes_per_s": 0}])
def test_limits_that_allow_nothing_are_refused(bad):
    with pytest.raises(ValueError, match="above 0"):
        DrawingLimits(**bad)


async def test_what_drawing_costs_is_measured():
    app = Showing(depth="true", limits=OFTEN)
    async with app.run_test(size=SIZE):
        app.preview.show(picture())
        cost = app.preview.cost
        assert cost.total_ms == cost.last_ms > 0
        written = sum(len(strip.render(app.console).encode()) for strip in strips_of(app.preview))
        assert cost.last_bytes == written


async def test_a_picture_is_centred_with_its_aspect_kept():
    app = Showing(depth="true", limits=OFTEN)
    async with app.run_test(size=(40, 5)):
        app.preview.show(picture())
        lines = [strip.text for strip in strips_of(app.preview)]
        assert lines == [" " * 10 + "▀" * 20 + " " * 10] * 5


async def test_a_new_size_is_filled_with_the_present_picture():
    app = Showing(depth="true", limits=SELDOM)
    async with app.run_test(size=SIZE) as pilot:
        app.preview.show(picture())
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert [strip.text for strip in strips_of(app.preview)] == ["▀" * 40] * 10


async def test_no_picture_is_an_empty_room():
    app = Showing(depth="true", limits=OFTEN)
    async with app.run_test(size=SIZE) as pilot:
        app.preview.show(picture())
        app.preview.show(None)
        await until(pilot, lambda: {strip.text for strip in strips_of(app.preview)} == {" " * 20})
        assert app.preview.cost.pictures == 1


async def test_a_new_picture_in_kitty_sends_one_line():
    app = Showing(graphics=TerminalGraphics("kitty"), limits=OFTEN)
    async with app.run_test(size=SIZE) as pilot:
        assert await show_both(pilot, picture(10), picture(90)) == [0]
        first, *others = strips_of(app.preview)
        assert first.sequence.startswith("\x1b_Ga=T,U=1,")
        assert all(PLACEHOLDER in strip.text and not isinstance(strip, CarryingStrip) for strip in others)


async def test_a_new_picture_in_sixel_sends_one_line_and_draws_from_the_upper_left():
    app = Showing(graphics=TerminalGraphics("sixel"), limits=OFTEN)
    async with app.run_test(size=(20, 9)) as pilot:
        assert await show_both(pilot, picture(10), picture(90)) == [6]
        lines = strips_of(app.preview)
        assert lines[6].sequence.startswith("\x1b7\x1b[3;1H\x1bP0;1;0q")
        assert lines[6].sequence.endswith("\x1b\\\x1b8")


@pytest.mark.parametrize("kind", ["kitty", "sixel"])
async def test_under_another_screen_the_picture_is_text(kind):
    app = Showing(graphics=TerminalGraphics(kind), depth="true", limits=OFTEN)
    async with app.run_test(size=SIZE) as pilot:
        app.preview.show(picture())
        app.push_screen(Cover())
        await pilot.pause()
        assert [strip.text for strip in strips_of(app.preview)] == ["▀" * 20] * 5
        app.pop_screen()
        await pilot.pause()
        assert any(isinstance(strip, CarryingStrip) for strip in strips_of(app.preview))


async def test_screenshots_hold_no_graphics_sequences():
    app = Showing(graphics=TerminalGraphics("sixel"), limits=OFTEN)
    async with app.run_test(size=SIZE) as pilot:
        app.preview.show(picture())
        await pilot.pause()
        assert "\x1b" not in app.export_screenshot()


@pytest.mark.parametrize(
    ("colours", "no_color", "depth"),
    [("truecolor", False, "true"), ("256", False, "256"), ("standard", False, "none"), ("truecolor", True, "none")],
)
async def test_the_terminal_tells_the_colours(colours, no_color, depth):
    app = Showing()
    app.console = Console(file=io.StringIO(), force_terminal=True, color_system=colours)
    app.no_color = no_color
    async with app.run_test(size=SIZE):
        assert app.preview.depth == depth


async def test_a_still_sixel_picture_is_drawn_over_what_was_written_on_it():
    app = Showing(graphics=TerminalGraphics("sixel"), limits=OFTEN)
    async with app.run_test(size=SIZE) as pilot:
        app.preview.show(picture())
        await pilot.pause()
        app.preview.sent.clear()
        app.preview._heal()
        assert app.preview.sent == []  # drawn a moment ago
        app.preview._begun_ns -= 10_000_000_000
        app.preview._heal()
        assert app.preview.sent == [4]
