"""What looks like a scan: textured, large, moving; and what does not: surfaces, letters, decorations."""

import numpy as np
import pytest

from streamseg.scan.evidence import background_level, noise_levels, scan_pieces, solid, textured

SHAPE = (120, 160)


def speckled(rng, box, picture, level=60):
    rows, columns = box
    shape = picture[rows, columns].shape
    picture[rows, columns] = np.clip(rng.normal(level, 15, shape), 0, 255).astype(np.uint8)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("level", [0, 16, 45])
def test_the_background_is_the_level_that_lies_behind(rng, level):
    picture = np.full(SHAPE, level, np.uint8)
    speckled(rng, (slice(20, 100), slice(30, 130)), picture, level=120)
    assert abs(background_level(picture) - level) <= 2


def test_a_picture_that_is_all_scan_has_no_background(rng):
    picture = rng.integers(0, 256, SHAPE).astype(np.uint8)
    assert background_level(picture) is None
    assert textured(picture).all()


def test_speckle_is_textured_and_a_panel_of_one_colour_is_not(rng):
    picture = np.zeros(SHAPE, np.uint8)
    speckled(rng, (slice(10, 60), slice(10, 60)), picture)
    picture[80:110, 20:150] = 90
    found = textured(picture)
    assert found[15:55, 15:55].mean() > 0.95
    assert not found[84:106, 24:146].any()


def test_noise_of_the_background_is_no_texture(rng):
    picture = np.clip(rng.normal(20, 2, SHAPE), 0, 255).astype(np.uint8)
    assert 0.8 < noise_levels(picture) < 2.5
    assert not solid(textured(picture)).any()


def test_lines_ticks_and_letters_are_taken_away_and_areas_stay():
    bits = np.zeros(SHAPE, np.bool_)
    bits[20:70, 20:90] = True
    bits[5, :] = bits[:, 150] = True
    bits[80:120:6, 100:108] = True
    kept = solid(bits)
    assert kept[25:65, 25:85].all()
    assert not kept[:10].any()
    assert not kept[:, 100:].any()


def test_pieces_above_and_below_the_largest_are_the_scan_and_those_beside_it_are_not():
    bits = np.zeros(SHAPE, np.bool_)
    bits[40:100, 40:100] = True
    bits[10:25, 50:90] = True
    bits[40:100, 120:150] = True
    pieces = scan_pieces(bits)
    assert pieces[15, 60]
    assert pieces[50, 50]
    assert not pieces[:, 110:].any()


def test_a_large_piece_that_does_not_move_is_no_scan_where_another_one_does():
    bits, moving = np.zeros(SHAPE, np.bool_), np.zeros(SHAPE, np.bool_)
    bits[0:40] = True
    bits[60:100, 40:100] = moving[60:100, 40:100] = True
    pieces = scan_pieces(bits, moving)
    assert not pieces[:50].any()
    assert pieces[70, 50]


def test_nothing_gives_nothing():
    assert not scan_pieces(np.zeros(SHAPE, np.bool_)).any()
