"""Regions of interest and cuts."""

from dataclasses import replace

import numpy as np
import pytest

from streamseg.errors import ModelError, SettingsError
from streamseg.frame import Frame
from streamseg.geometry import Box, parse_region
from streamseg.model_card import InputSpec, Window
from streamseg.scene import SETTLING_FRAMES, SceneTracker

SPEC = InputSpec(height=64, width=64)
SCAN = Box(20, 40, 80, 100)


def speckle(seed, *, level=90, box=SCAN):
    rng = np.random.default_rng(seed)
    picture = np.zeros((120, 160), np.uint8)
    box.crop(picture)[...] = np.clip(rng.rayleigh(level / 1.25, box.size), 25, 255)
    return Frame(picture, seed, seed)


def test_the_first_frame_begins_a_scene_and_the_next_one_goes_on():
    tracker = SceneTracker("whole", SPEC)
    assert tracker.prepare(speckle(0)).is_new_scene
    assert not tracker.prepare(speckle(1)).is_new_scene


def test_a_cut_begins_a_scene():
    tracker = SceneTracker("whole", SPEC)
    tracker.prepare(speckle(0))
    other = Frame(np.full((120, 160), 220, np.uint8), 1, 1)
    assert tracker.prepare(other).is_new_scene


def test_automatic_region_is_what_is_not_black():
    tracker = SceneTracker("auto", SPEC)
    region = tracker.prepare(speckle(0)).placement.region
    assert abs(region.top - 20) <= 2
    assert abs(region.height - 80) <= 4


def test_automatic_region_is_where_the_source_says_that_the_scan_is():
    frame = replace(speckle(0), scan_region=Box(30, 50, 60, 80))
    assert SceneTracker("auto", SPEC).prepare(frame).placement.region == Box(30, 50, 60, 80)
    assert SceneTracker("whole", SPEC).prepare(frame).placement.region == Box.whole((120, 160))


def test_automatic_region_grows_while_a_scan_appears_and_says_so():
    tracker = SceneTracker("auto", SPEC)
    small = tracker.prepare(speckle(0, box=Box(40, 60, 40, 60))).placement.region
    grown = tracker.prepare(speckle(1, box=Box(36, 50, 50, 80)))
    assert grown.placement.region.area > small.area
    assert grown.is_new_scene


def test_one_who_looks_later_prepares_by_the_frames_before_but_looks_at_the_first_at_once():
    small, large = speckle(0, box=Box(40, 60, 40, 60)), speckle(1, box=Box(36, 50, 50, 80))
    at_once, later = SceneTracker("auto", SPEC), SceneTracker("auto", SPEC, looks_later=True)
    found = [at_once.prepare(frame).placement for frame in (small, large, large)]
    first = later.prepare(small).placement
    later.look(small)
    assert first == found[0]
    assert later.prepare(large).placement == first
    later.look(large)
    grown = later.prepare(large)
    assert grown.placement == found[1] == found[2]
    assert grown.is_new_scene


def test_one_who_looks_later_looks_at_once_after_a_cut():
    tracker = SceneTracker("auto", SPEC, looks_later=True)
    for seed in range(3):
        tracker.prepare(speckle(seed))
    found = tracker.prepare(speckle(99, level=250, box=Box(0, 0, 60, 70)))
    assert found.is_new_scene
    assert abs(found.placement.region.height - 60) <= 4


def test_automatic_region_stays_once_it_has_settled():
    tracker = SceneTracker("auto", SPEC)
    for seed in range(SETTLING_FRAMES):
        tracker.prepare(speckle(seed))
    settled = tracker.prepare(speckle(20)).placement.region
    later = tracker.prepare(speckle(21, box=Box(18, 36, 84, 108)))
    assert later.placement.region == settled


def test_automatic_region_is_found_again_after_a_cut():
    tracker = SceneTracker("auto", SPEC)
    for seed in range(SETTLING_FRAMES + 1):
        tracker.prepare(speckle(seed))
    found = tracker.prepare(speckle(99, level=250, box=Box(0, 0, 60, 70)))
    assert found.is_new_scene
    assert abs(found.placement.region.height - 60) <= 4


def test_a_given_region_is_used_as_it_is():
    prepared = SceneTracker("10,20,50,60", SPEC).prepare(speckle(0))
    assert prepared.placement.region == Box(10, 20, 50, 60)


def test_a_region_outside_the_frame_is_refused():
    with pytest.raises(SettingsError, match="does not fit into frames of 160x120"):
        SceneTracker("100,0,50,10", SPEC).prepare(speckle(0))


def test_words_for_regions_give_no_box():
    assert parse_region("auto") is None
    assert parse_region("whole") is None


def test_a_model_for_grey_levels_refuses_densities():
    densities = Frame(np.zeros((120, 160), np.int16), 0, 0, unit="hu")
    with pytest.raises(ModelError, match="Hounsfield"):
        SceneTracker("whole", SPEC).prepare(densities)


SKULL = InputSpec(height=64, width=64, window=Window(centre_hu=40, width_hu=120), region="skull")


def head(top, left, side, *, size=(120, 160)):
    """Return a slice of a head in Hounsfield units: a ring of bone around brain, in air."""
    picture = np.full(size, -1000, np.int16)
    picture[top : top + side, left : left + side] = 800
    picture[top + 4 : top + side - 4, left + 4 : left + side - 4] = 35
    return picture


def test_a_model_made_for_skulls_sees_the_square_around_each_slices_own():
    tracker = SceneTracker("auto", SKULL)
    first = tracker.prepare(Frame(head(30, 40, 60), 0, 0, unit="hu")).placement.region
    assert first == Box(14, 24, 92, 92)
    second = tracker.prepare(Frame(head(31, 40, 60), 1, 1, unit="hu"))
    assert second.placement.region == Box(15, 24, 92, 92)
    assert second.is_new_scene


def test_a_skull_that_trembles_in_a_video_keeps_its_region_and_one_that_moves_does_not():
    def grey(top, side):
        return np.where(head(top, 40, side) >= 100, 255, np.where(head(top, 40, side) > 0, 110, 0)).astype(np.uint8)

    tracker = SceneTracker("auto", SKULL)
    regions = [tracker.prepare(Frame(grey(top, side), top, top)).placement.region for top, side in ((30, 60), (31, 60))]
    assert regions[0] == regions[1] == Box(14, 24, 92, 92)
    moved = tracker.prepare(Frame(grey(40, 60), 2, 2))
    assert moved.placement.region == Box(24, 24, 92, 92)
    assert moved.is_new_scene


def test_without_bone_or_with_a_region_of_the_users_a_model_made_for_skulls_sees_that():
    empty = Frame(np.full((120, 160), -1000, np.int16), 0, 0, unit="hu")
    assert SceneTracker("auto", SKULL).prepare(empty).placement.region == Box(0, 0, 120, 160)
    given = SceneTracker("0,0,50,60", SKULL).prepare(Frame(head(30, 40, 60), 0, 0, unit="hu"))
    assert given.placement.region == Box(0, 0, 50, 60)
    assert SceneTracker("whole", SKULL).prepare(Frame(head(30, 40, 60), 0, 0, unit="hu")).placement.region.area == 19200


def test_a_video_without_bone_is_seen_where_it_is_not_black():
    picture = np.zeros((120, 160), np.uint8)
    SCAN.crop(picture)[...] = 90
    assert SceneTracker("auto", SKULL).prepare(Frame(picture, 0, 0)).placement.region == SCAN


def test_the_skull_is_looked_for_where_the_source_says_that_the_picture_is():
    frame = Frame(head(30, 40, 60), 0, 0, unit="hu", scan_region=Box(10, 20, 100, 120))
    assert SceneTracker("auto", SKULL).prepare(frame).placement.region == Box(14, 24, 92, 92)
