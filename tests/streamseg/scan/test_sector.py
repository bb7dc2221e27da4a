"""The scan is found on the screens of scanners, real and made here, and stays where it was found."""

import itertools

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array

from streamseg.geometry import Box
from streamseg.scan.sector import LOOKS, SectorFinder
from tests.support.scanner_screens import decorations, scan_mask, screen

SIZE = (400, 560)
BOX = Box(60, 120, 290, 300)


def follow(pictures):
    finder = SectorFinder()
    return finder, [finder.update(picture) for picture in pictures]


def screens(count, box=BOX, **more):
    different = [screen(SIZE, box, seed, **more) for seed in range(min(count, 11))]
    return list(itertools.islice(itertools.cycle(different), count))


def pictures_of(path, count=50):
    with av.open(str(path)) as clip:
        return [each.to_ndarray(format="rgb24") for each in itertools.islice(clip.decode(video=0), count)]


def overlap(one, other):
    """Return the area that both boxes share, as a share of what either covers."""
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    shared = max(0, height) * max(0, width)
    return shared / (one.area + other.area - shared)


@settings(max_examples=25)
@given(
    top=st.integers(50, 90),
    left=st.integers(80, 140),
    height=st.integers(170, 250),
    width=st.integers(200, 330),
    is_sector=st.booleans(),
    level=st.sampled_from([35, 70, 110]),
)
def test_a_scan_is_found_in_the_first_picture_and_no_text_with_it(top, left, height, width, is_sector, level):
    box = Box(top, left, height, width)
    outline = SectorFinder().update(screen(SIZE, box, 0, is_sector=is_sector, level=level))
    scan = scan_mask(SIZE, box, is_sector=is_sector)
    inside = outline.mask(SIZE) > 0
    assert inside[scan].mean() > 0.99
    assert np.count_nonzero(inside & ~scan) < 0.4 * np.count_nonzero(scan)
    assert not decorations(SIZE, box)[inside & ~scan].any()


@pytest.mark.parametrize("is_sector", [False, True])
def test_while_speckle_moves_the_outline_stays_the_same_one(is_sector):
    finder, outlines = follow(screens(140, is_sector=is_sector))
    assert finder.is_settled
    assert len({outline.points for outline in outlines}) <= 2
    assert all(later is outlines[60] for later in outlines[60:])


def test_a_large_picture_that_stands_still_is_known_for_no_scan_once_the_scan_moves():
    still = screen(SIZE, Box(40, 20, 330, 250), 0, has_text=False)
    scan = Box(90, 330, 220, 180)
    pictures = [np.maximum(still, screen(SIZE, scan, seed, has_text=False)) for seed in range(30)]
    _, outlines = follow(pictures)
    assert overlap(outlines[0].box, scan) < 0.5
    assert overlap(outlines[-1].box, scan) > 0.9


def test_a_dark_part_that_moves_belongs_to_the_scan():
    rng = np.random.default_rng(1)
    pictures = [picture.copy() for picture in screens(30, Box(60, 120, 180, 300))]
    for picture in pictures:
        # Too faint to stand out from the background, but changing, as noise in the depth is.
        picture[240:350, 120:420] = rng.integers(0, 14, (110, 300))
    _, outlines = follow(pictures)
    assert overlap(outlines[-1].box, BOX) > 0.95


def test_after_it_has_settled_the_outline_grows_with_the_scan_and_never_shrinks():
    small, large = Box(80, 160, 200, 220), Box(60, 120, 290, 300)
    pictures = [*screens(140, small), *screens(140, large), *screens(140, small)]
    _, outlines = follow(pictures)
    assert overlap(outlines[139].box, small) > 0.93
    assert overlap(outlines[279].box, large) > 0.93
    assert outlines[-1] is outlines[279]


def test_a_clock_that_ticks_beside_the_scan_is_not_part_of_it():
    pictures = [picture.copy() for picture in screens(60)]
    for index, picture in enumerate(pictures):
        picture[100:140, 480:550] = 255 * (index // 15 % 2)
    _, outlines = follow(pictures)
    assert overlap(outlines[-1].box, BOX) > 0.95


@pytest.mark.parametrize("noise", [1.0, 4.0])
def test_noise_of_a_capture_is_no_scan(noise):
    rng = np.random.default_rng(2)
    noisy = [np.clip(each + rng.normal(6, noise, SIZE), 0, 255).astype(np.uint8) for each in screens(40)]
    _, outlines = follow(noisy)
    assert all(overlap(outline.box, BOX) > 0.9 for outline in outlines)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((90, 120), np.uint8),
        np.full((90, 120), 255, np.uint8),
        np.random.default_rng(0).integers(0, 256, (90, 120)).astype(np.uint8),
        decorations((400, 560), BOX),
    ],
    ids=["black", "white", "scan alone", "text alone"],
)
def test_where_no_scan_stands_out_there_is_no_outline(picture):
    assert SectorFinder().update(picture) is None


def test_a_still_picture_never_settles_and_keeps_its_outline():
    finder, outlines = follow([screen(SIZE, BOX, 0)] * (3 * LOOKS[-1]))
    assert not finder.is_settled
    assert len(set(outlines)) == 1


@pytest.mark.parametrize(
    ("name", "box"),
    [("us-fetal-head", Box(0, 0, 480, 640)), ("us-vessel", Box(4, 13, 392, 374))],
)
def test_the_scan_of_the_sample_videos_is_all_of_it(sample_videos, name, box):
    _, outlines = follow(pictures_of(sample_videos / f"{name}.mp4", 60))
    assert all(overlap(outline.box, box) > 0.97 for outline in outlines)


def test_the_corners_beside_the_sector_of_a_sample_video_are_outside(sample_videos):
    picture = pictures_of(sample_videos / "us-fetal-head.mp4", 1)[0]
    inside = SectorFinder().update(picture).mask(picture.shape[:2]) > 0
    assert not inside[:100, :100].any()
    assert not inside[-20:, :60].any()
    assert picture[~inside].max() < 12


@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("butterfly-ocular-phantom", Box(200, 78, 694, 612)),
        ("clarius-ocular-short", Box(87, 265, 787, 750)),
        ("sonosite-anon-eye1-video", Box(43, 387, 597, 336)),
    ],
)
def test_the_scan_of_real_scanners_is_found_from_the_first_picture_on(shared_data, name, box):
    """The boxes were read off the pictures by eye."""
    _, outlines = follow(pictures_of(shared_data / "us" / "cine" / f"{name}.mp4"))
    assert overlap(outlines[0].box, box) > 0.94
    assert overlap(outlines[-1].box, box) > 0.96
    assert len({outline.points for outline in outlines}) <= 3


def test_a_small_scan_under_a_bar_of_text_is_found():
    picture = pixel_array(get_testdata_file("examples_jpeg2k.dcm", download=False))
    outline = SectorFinder().update(picture)
    assert overlap(outline.box, Box(85, 10, 248, 620)) > 0.85
    # The name of the hospital, and the line with the mechanical index.
    inside = outline.mask(picture.shape[:2]) > 0
    assert not inside[:25].any()
    assert not inside[440:].any()


def test_heads_in_pictures_that_are_cropped_already_are_not_cut(shared_data):
    folder = shared_data / "us" / "hc18"
    for path in sorted((folder / "images").glob("*.png"))[::60]:
        picture = np.array(Image.open(path).convert("L"))
        head = np.array(Image.open(folder / "masks" / path.name).convert("L")) > 0
        outline = SectorFinder().update(picture)
        if outline is not None:
            assert (outline.mask(picture.shape) > 0)[head].mean() > 0.99, path.name
