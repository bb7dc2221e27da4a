"""A Sixel sequence, read as a terminal reads it, is the picture."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.dashboard.widgets.sixel import encode_sixel
from tests.support.dashboard_gallery import fan

TOKEN = re.compile(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])")
HEADER = re.compile(r'\x1bP0;1;0q"1;1;(\d+);(\d+)')


def read_sixel(sequence):
    """Return the picture (H, W, 3) that a terminal would draw, -1 where nothing was drawn."""
    header = HEADER.match(sequence)
    assert sequence.endswith("\x1b\\")
    picture = np.full((int(header[2]), int(header[1]), 3), -1)
    palette, colour, x, y, read = {}, None, 0, 0, header.end()
    while read < len(sequence) - 2:
        token = TOKEN.match(sequence, read)
        read = token.end()
        if token[1]:
            palette[int(token[1])] = [int(percent) for percent in token.groups()[1:4]]
        elif token[5]:
            colour = palette[int(token[5])]
        elif token[9]:
            x, y = 0, y + 6 * (token[9] == "-")
        else:
            length, bits = int(token[6] or 1), ord(token[7] or token[8]) - 0x3F
            for row in range(6):
                if bits >> row & 1:
                    picture[y + row, x : x + length] = colour
            x += length
    return np.where(picture < 0, picture, picture * 2.55)


@pytest.mark.parametrize("magnification", [1, 2, 3])
def test_the_sequence_draws_every_pixel_in_nearly_its_colour(magnification):
    picture = fan(120, 160)
    drawn = read_sixel(encode_sixel(picture, magnification))
    assert drawn.shape == (120 * magnification, 160 * magnification, 3)
    assert drawn.min() >= 0
    enlarged = picture.repeat(magnification, axis=0).repeat(magnification, axis=1)
    assert np.abs(drawn - enlarged).mean() < 6


@given(st.integers(1, 4), st.integers(1, 40), st.integers(0, 99), st.sampled_from([1, 2, 3]))
@settings(max_examples=40, deadline=None)
def test_pictures_of_few_colours_come_back_exactly(bands, width, seed, magnification):
    values = np.random.default_rng(seed).choice([0, 255], (bands * 6, width, 3)).astype(np.uint8)
    drawn = read_sixel(encode_sixel(values, magnification))
    np.testing.assert_allclose(drawn[::magnification, ::magnification], values, atol=1.3)


def test_a_long_run_is_counted():
    assert "!1234~" in encode_sixel(np.full((6, 1234, 3), 7, np.uint8))


@pytest.mark.parametrize("shape", [(12, 8), (7, 8, 3), (6, 10_000, 3), (0, 5, 3)])
def test_what_cannot_be_drawn_is_refused(shape):
    with pytest.raises(ValueError, match="expected"):
        encode_sixel(np.zeros(shape, np.uint8))
