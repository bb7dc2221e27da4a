"""Text fits where it was said to fit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.overlay.lettering import changing_patch, line_height_px, text_patch, text_width_px, wrap

TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=6), st.integers(24, 200))
def test_wrapped_lines_fit_and_lose_no_letter(words, width):
    lines = wrap(" ".join(words), 10, width)
    assert "".join(lines).replace(" ", "") == "".join(words)
    assert all(text_width_px(line, 10) <= width for line in lines)


@pytest.mark.parametrize("text", ["Agjy|", "RESEARCH USE ONLY", "0123456789", "(W)"])
@pytest.mark.parametrize("size", [10, 16, 32])
def test_no_letter_is_cut_off_by_the_edges_of_its_patch(text, size):
    patch = text_patch(text, size, (255, 255, 255), (0, 0, 0))
    padded = text_patch(f" {text} ", size, (255, 255, 255), (0, 0, 0))
    assert patch.shape[:2] == (line_height_px(size), text_width_px(text, size))
    # Ink that an edge would cut off shows up in the wider patch.
    assert abs(int(padded.sum(dtype=np.int64)) - int(patch.sum(dtype=np.int64))) <= 0.02 * padded.sum(dtype=np.int64)
    assert not patch[0].any()
    assert not patch[-1].any()


def test_digits_are_of_one_width_so_that_numbers_stand_still():
    assert len({text_width_px(digit * 8, 16) for digit in "0123456789"}) == 1


def test_letters_beyond_ascii_are_drawn_and_not_replaced_by_boxes():
    drawn = {text_patch(letter, 20, (255, 255, 255), (0, 0, 0)).tobytes() for letter in "äßéøЖΩ"}
    assert len(drawn) == 6


def test_the_same_text_is_drawn_once():
    assert text_patch("24.9 fps", 14, (1, 2, 3), (0, 0, 0)) is text_patch("24.9 fps", 14, (1, 2, 3), (0, 0, 0))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=24), st.integers(10, 32))
def test_a_text_put_together_from_letters_is_to_the_bit_the_one_set_as_a_whole(text, size):
    ink, ground = (236, 84, 78), (18, 20, 23)
    np.testing.assert_array_equal(changing_patch(text, size, ink, ground), text_patch(text, size, ink, ground))


@pytest.mark.parametrize("text", ["0:07.041", "sagittal -12.3 mm", "mask carried 33 ms", "fjord", "é 3"])
def test_letters_that_reach_over_their_neighbours_are_put_together_too(text):
    for size in range(10, 33):
        whole = text_patch(text, size, (150, 157, 165), (0, 0, 0))
        np.testing.assert_array_equal(changing_patch(text, size, (150, 157, 165), (0, 0, 0)), whole)
