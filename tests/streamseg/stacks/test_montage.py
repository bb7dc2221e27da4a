"""The montage shows the slices with a finding, with the mask that was counted."""

import numpy as np
import pytest

from streamseg.overlay.lettering import text_patch
from streamseg.stacks.montage import MOST_TILES, TILE_PX, Album, Tile, _small_mask, make_tile, montage
from tests.support.slices import disc, slice_of

COLOUR = (255, 90, 79)


def tile(name, size=(40, 60)):
    return Tile(np.full((*size, 3), 100, np.uint8), name)


def has_colour(picture, colour=COLOUR):
    return bool((np.abs(picture.astype(int) - colour).sum(axis=2) < 40).any())


@pytest.mark.parametrize("size", [(64, 64), (512, 512), (900, 300)])
def test_a_tile_is_small_and_shows_even_the_smallest_mask(size):
    mask = np.zeros(size, bool)
    mask[20:22, 20:22] = True
    segmentation = slice_of(mask, 4, position_mm=42.5)
    made = make_tile(segmentation, segmentation.frame.image, colour=COLOUR)
    assert max(made.picture.shape) <= TILE_PX
    assert has_colour(made.picture)
    assert made.label == "slice 5  axial 42.5 mm  1 mm2"


def test_the_outline_hugs_a_large_mask_and_a_speck_beside_it_is_not_lost():
    mask = disc(120, (512, 512))
    mask[20, 20] = True
    small = _small_mask(mask, (240, 240))
    assert small[9, 9]
    assert np.count_nonzero(small) - 1 == pytest.approx(np.count_nonzero(mask) * (240 / 512) ** 2, rel=0.01)


def test_a_tile_without_finding_has_no_outline_and_says_no_area():
    made = make_tile(slice_of(disc(0), 0), np.full((64, 64, 3), 90, np.uint8), colour=COLOUR)
    assert not has_colour(made.picture)
    assert made.label == "slice 1"


def test_slices_with_a_finding_are_chosen_and_all_where_there_is_none():
    album = Album()
    for place in range(6):
        album.add(place, tile(str(place)), has_finding=place in (2, 3))
    assert [each.label for each in album.chosen()] == ["2", "3"]
    album = Album()
    for place in range(6):
        album.add(place, tile(str(place)), has_finding=False)
    assert [each.label for each in album.chosen()] == list("012345")


def test_many_are_chosen_evenly_with_the_first_and_the_last():
    album = Album()
    for place in range(100):
        album.add(place, tile(str(place)), has_finding=True)
    places = [int(each.label) for each in album.chosen()]
    assert (len(places), places[0], places[-1]) == (MOST_TILES, 0, 99)
    assert set(np.diff(places)) <= {3, 4}


def test_an_album_stays_small_and_keeps_findings_longest():
    album = Album(limit=10)
    for place in range(200):
        album.add(place, tile(str(place)), has_finding=place % 50 == 0)
    assert [each.label for each in album.chosen()] == ["0", "50", "100", "150"]


@pytest.mark.parametrize("count", [1, 2, 7, MOST_TILES])
def test_every_tile_is_there_once_and_the_notice_is_on_it(count):
    tiles = [Tile(np.full((30, TILE_PX, 3), 50 + number, np.uint8), f"slice {number}") for number in range(count)]
    picture = montage(tiles, ["head: haemorrhage", "volume 1.00 mL"])
    counts = [int((picture == 50 + number).all(axis=2).sum()) for number in range(count)]
    assert min(counts) >= 30 * TILE_PX
    notice = text_patch("RESEARCH USE ONLY - not a medical device", 15, (240, 184, 84), (18, 20, 23))
    foot = picture[-notice.shape[0] - 6 : -6, 6 : 6 + notice.shape[1]]
    np.testing.assert_array_equal(foot, notice)


def test_a_montage_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one tile"):
        montage([], [])
