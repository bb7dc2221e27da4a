"""A transmission in Kitty's protocol carries the picture exactly, and cells of text show it."""

import base64
import re
import zlib

import numpy as np
import pytest
from rich.cells import cell_len

from streamseg.dashboard.widgets.kitty import MOST_ROWS, encode_kitty, placeholders

PIECE = re.compile(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\")


def random_picture(size):
    return np.random.default_rng(2).integers(0, 256, (*size, 3), dtype=np.uint8)


def test_the_pieces_together_are_the_picture():
    picture = random_picture((50, 70))
    sequence = encode_kitty(picture, (5, 14), 1510)
    pieces = PIECE.findall(sequence)
    assert "".join(f"\x1b_G{keys};{data}\x1b\\" for keys, data in pieces) == sequence
    assert len(pieces) > 1
    assert all(len(data) <= 4096 and len(data) % 4 == 0 for _, data in pieces)
    assert [keys[-3:] for keys, _ in pieces] == ["m=1"] * (len(pieces) - 1) + ["m=0"]
    pixels = zlib.decompress(base64.b64decode("".join(data for _, data in pieces)))
    np.testing.assert_array_equal(np.frombuffer(pixels, np.uint8).reshape(picture.shape), picture)


def test_the_first_piece_says_what_it_is_and_asks_for_no_answer():
    keys = PIECE.search(encode_kitty(random_picture((4, 6)), (2, 3), 1510))[1].split(",")
    assert {"a=T", "U=1", "i=1510", "f=24", "o=z", "s=6", "v=4", "c=3", "r=2", "q=2", "m=0"} == set(keys)


def test_each_cell_says_which_part_of_which_picture_it_shows():
    strips = placeholders((3, 4), 0x0102FF)
    assert [strip.cell_length for strip in strips] == [4, 4, 4]
    assert all(cell_len(strip.text) == 4 for strip in strips)
    marks = "\u0305\u030d\u030e\u0310"  # 0 to 3 in the protocol's table
    assert strips[2].text == "".join(f"\U0010eeee{marks[2]}{mark}" for mark in marks)
    assert next(iter(strips[0])).style.color.triplet == (1, 2, 255)


def test_marks_end_where_the_protocol_and_younger_unicode_part():
    assert MOST_ROWS == 129
    assert placeholders((129, 1), 1)[128].text == "\U0010eeee\u082d\u0305"


def test_columns_beyond_the_marks_take_theirs_from_the_left():
    (line,) = placeholders((1, 131), 1)
    assert line.cell_length == 131
    assert line.text.endswith("\U0010eeee\u0305\U0010eeee\u0305")


def test_more_rows_than_marks_are_refused():
    with pytest.raises(ValueError, match="129 rows, got 130"):
        placeholders((130, 4), 1)


def test_a_grey_picture_is_refused():
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        encode_kitty(np.zeros((4, 4), np.uint8), (1, 1), 1)
