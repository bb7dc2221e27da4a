"""All widgets together: at every size, in dark and light, words stand out, and only what changed is painted again."""

import pytest
from textual.app import App
from textual.color import Color

from streamseg.dashboard.widgets.ageing import Ageing
from streamseg.dashboard.widgets.preview import Preview
from tests.support.dashboard_gallery import Gallery

LEAST_CONTRAST = 3.0  # WCAG 2.2, 1.4.11: graphics and large letters
THEMES = ("textual-dark", "textual-light", "nord", "solarized-light")


def luminance(colour):
    """Return the relative luminance of WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(segment):
    pair = sorted(luminance(Color.from_rich_color(c)) for c in (segment.style.color, segment.style.bgcolor))
    return (pair[1] + 0.05) / (pair[0] + 0.05)


def drawn_segments(app):
    """Return the segments of every widget but the picture."""
    drawn = [widget for widget in app.query("Drawn") if widget.size.area]
    return [
        segment
        for widget in drawn
        for strip in widget.render_lines(widget.size.region)
        for segment in strip
        if segment.text.strip()
    ]


@pytest.mark.parametrize("theme", THEMES)
async def test_words_and_numbers_stand_out_from_their_ground(theme):
    app = Gallery(theme=theme)
    async with app.run_test(size=(130, 52)) as pilot:
        await pilot.pause()
        words = [segment for segment in drawn_segments(app) if any(c.isalnum() for c in segment.text)]
        assert len(words) > 30
        faint = {segment.text: round(contrast(segment), 2) for segment in words if contrast(segment) < LEAST_CONTRAST}
        assert not faint


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_gallery_is_drawn_at_every_size(size):
    app = Gallery()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        assert "fresh" in app.export_screenshot()


async def test_another_theme_gives_new_ink():
    app = Gallery(theme="textual-dark")
    async with app.run_test(size=(130, 52)) as pilot:
        await pilot.pause()
        before = {segment.style for segment in drawn_segments(app)}
        app.theme = "textual-light"
        await pilot.pause()
        assert before.isdisjoint({segment.style for segment in drawn_segments(app)})


async def test_ascii_is_ascii_throughout():
    app = Gallery(is_ascii=True)
    async with app.run_test(size=(130, 52)) as pilot:
        await pilot.pause()
        preview = app.query_one(Preview)
        lines = [strip.text for strip in preview.render_lines(preview.size.region)]
        assert all(text.isascii() for text in lines + [segment.text for segment in drawn_segments(app)])


class Painted(Ageing):
    """Counts how often its lines are sent."""

    times = 0

    def refresh(self, *regions, **options):
        self.times += bool(regions)
        return super().refresh(*regions, **options)


class Alone(App):
    """One widget by itself."""

    def compose(self):
        yield Painted()


async def test_what_has_not_changed_is_not_painted_again():
    app = Alone()
    async with app.run_test(size=(40, 5)):
        age = app.query_one(Painted)
        times = []
        for age_ms in (42.0, 42.0, 42.3, 43.0):
            age.show(age_ms)
            times.append(age.times - sum(times))
        assert times[1:] == [0, 0, 1]


async def test_every_cell_has_the_background_of_the_theme():
    app = Gallery()
    async with app.run_test(size=(130, 52)) as pilot:
        await pilot.pause()
        grounds = {
            segment.style.bgcolor.triplet
            for widget in app.query("Drawn")
            for strip in widget.render_lines(widget.size.region)
            for segment in strip
        }
        assert grounds == {app.screen.background_colors[1].rich_color.triplet}
