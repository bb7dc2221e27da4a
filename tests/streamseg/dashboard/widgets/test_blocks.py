"""Pictures in cells: their aspect, their colours, and what stands for colour where there is none."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console

from streamseg.dashboard.widgets.blocks import draw_blocks, fit, thin_out

SIDES = st.integers(1, 2000)
ROOMS = st.tuples(st.integers(1, 100), st.integers(1, 300))


def random_picture(size=(12, 16)):
    return np.random.default_rng(1).integers(0, 256, (*size, 3), dtype=np.uint8)


def colours_of(strips):
    """Return the picture (2 rows, columns, 3) that half-blocks show."""
    rows = []
    for strip in strips:
        cells = [(segment.style.color, segment.style.bgcolor) for segment in strip for _ in segment.text]
        rows += [[cell[half].triplet for cell in cells] for half in (0, 1)]
    return np.array(rows, np.uint8)


@given(SIDES, SIDES, ROOMS)
def test_a_picture_touches_two_sides_of_its_room_and_keeps_its_aspect_to_a_cell(height, width, room):
    rows, columns = fit((height, width), room)
    assert rows <= room[0]
    assert columns <= room[1]
    assert rows == room[0] or columns == room[1]
    assert abs(columns * 10 - rows * 20 * width / height) <= 10 * max(1, 2 * width / height) or 1 in {rows, columns}


@pytest.mark.parametrize("bad", [((0, 5), (3, 3)), ((5, 5), (0, 3))])
def test_nothing_is_not_fitted(bad):
    with pytest.raises(ValueError, match="must not be empty"):
        fit(*bad)


def test_each_cell_shows_two_pixels_in_their_colours():
    picture = random_picture()
    strips = draw_blocks(picture, (6, 16))
    np.testing.assert_array_equal(colours_of(strips), thin_out(picture))
    assert np.abs(thin_out(picture).astype(int) - picture).max() <= 7


def test_black_and_white_stay_what_they_are():
    ends = np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8)
    np.testing.assert_array_equal(thin_out(ends), ends)


def test_neighbours_of_one_colour_are_one_segment():
    strips = draw_blocks(np.full((20, 40, 3), 90, np.uint8), (10, 40))
    assert [len(list(strip)) for strip in strips] == [1] * 10


def test_what_is_drawn_for_256_colours_is_hardly_changed_by_them():
    picture = random_picture((40, 40))
    picture[:20] = picture[:20, :, :1]  # greys
    for strip in draw_blocks(picture, (20, 40), "256"):
        for segment in strip:
            for colour in (segment.style.color, segment.style.bgcolor):
                shown = colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
                assert max(abs(a - b) for a, b in zip(shown, colour.triplet, strict=True)) <= 12


def test_256_colours_are_written_as_such():
    console = Console(file=io.StringIO(), force_terminal=True, color_system="256")
    written = draw_blocks(random_picture(), (6, 16), "256")[0].render(console)
    assert "38;5;" in written
    assert "38;2;" not in written


@pytest.mark.parametrize(("depth", "grey", "heat"), [("none", "░▒▓█", "oxXO08"), ("ascii", ".:-=+*#%@", "oxXO08")])
def test_without_colour_the_heatmap_is_in_letters_and_the_rest_is_not(depth, grey, heat):
    picture = np.full((8, 8, 3), 160, np.uint8)
    picture[:, 4:] = (250, 80, 10)
    for strip in draw_blocks(picture, (4, 8), depth):
        assert set(strip.text[:4]) <= set(grey)
        assert set(strip.text[4:]) <= set(heat)
        assert all(segment.style is None for segment in strip)


def test_a_grey_picture_without_channels_is_refused():
    with pytest.raises(ValueError, match=r"\(8, 8\)"):
        draw_blocks(np.zeros((8, 8), np.uint8), (4, 4))
