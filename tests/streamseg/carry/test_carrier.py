"""The newest map on the newest picture, and when there is none."""

import cv2
import numpy as np
import pytest

from streamseg.carry.carrier import Carrier

SIZE = (128, 128)
OLDEST_MS = 250


def ms(milliseconds):
    return round(milliseconds * 1e6)


def speckle(seed=0):
    field = cv2.GaussianBlur(np.random.default_rng(seed).random(SIZE, np.float32), (0, 0), 3)
    return cv2.normalize(field, None, 0, 1, cv2.NORM_MINMAX).astype(np.float32)


def shifted(picture, x_px):
    return np.roll(picture, x_px, axis=1)


def disc(x_px=0):
    rows, columns = np.indices(SIZE, np.float32)
    return shifted((np.hypot(rows - 64, columns - 50) < 25).astype(np.float32), x_px)


def iou(one, other):
    one, other = one >= 0.5, other >= 0.5
    return (one & other).sum() / max(1, (one | other).sum())


@pytest.fixture
def carrier():
    return Carrier(SIZE, oldest_ns=ms(OLDEST_MS))


def advance(carrier, count, *, first=0, interval_ms=16, step_px=1):
    """Show frames that move to the right; return the time of the last one, in ns."""
    for index in range(first, first + count):
        carrier.advance(shifted(speckle(), index * step_px), index, ms(index * interval_ms))
    return ms((first + count - 1) * interval_ms)


def test_before_the_first_map_there_is_none(carrier):
    assert carrier.carry(advance(carrier, 3)) is None


def test_a_map_that_comes_late_is_brought_to_the_newest_picture(carrier):
    now_ns = advance(carrier, 6)
    assert carrier.accept(1, disc(1))
    carried = carrier.carry(now_ns)
    assert (carried.source_index, carried.age_ns) == (1, ms(4 * 16))
    assert iou(carried.model_map, disc(5)) > 0.95
    assert iou(disc(1), disc(5)) < 0.9


def test_a_map_goes_on_with_every_picture_until_a_newer_one_comes(carrier):
    advance(carrier, 4)
    carrier.accept(2, disc(2))
    now_ns = advance(carrier, 4, first=4)
    assert carrier.carry(now_ns).source_index == 2
    assert iou(carrier.carry(now_ns).model_map, disc(7)) > 0.95
    carrier.accept(6, disc(6))
    assert carrier.carry(now_ns).source_index == 6
    assert iou(carrier.carry(now_ns).model_map, disc(7)) > 0.95


def test_a_map_of_the_newest_picture_is_its_own_to_the_bit(carrier):
    now_ns = advance(carrier, 3)
    carrier.accept(2, disc(2))
    carried = carrier.carry(now_ns)
    np.testing.assert_array_equal(carried.model_map, disc(2))
    assert (carried.source_index, carried.age_ns) == (2, 0)


def test_a_map_does_not_blur_on_its_way(carrier):
    """Fifteen small steps forth and back: as sharp as it was."""
    for index in range(15):
        carrier.advance(shifted(speckle(), index % 2), index, ms(index * 16))
        if index == 0:
            carrier.accept(0, disc())
    carried = carrier.carry(ms(14 * 16)).model_map
    assert ((carried > 0.1) & (carried < 0.9)).mean() < 0.04


def test_a_map_that_is_too_old_is_dropped_and_does_not_come_back(carrier):
    now_ns = advance(carrier, 2)
    carrier.accept(1, disc(1))
    assert carrier.carry(now_ns) is not None
    carrier.advance(shifted(speckle(), 2), 2, now_ns + ms(OLDEST_MS) + 1)
    assert carrier.carry(now_ns + ms(OLDEST_MS) + 1) is None
    assert carrier.carry(now_ns) is None


def test_a_map_that_comes_after_it_is_too_old_is_not_taken(carrier):
    advance(carrier, 30)
    assert not carrier.accept(3, disc(3))
    assert carrier.accept(20, disc(20))


def test_a_picture_that_has_not_changed_keeps_its_own_map_however_long(carrier):
    now_ns = advance(carrier, 3)
    carrier.accept(2, disc(2))
    carried = carrier.carry(now_ns + ms(60_000))
    assert (carried.source_index, carried.age_ns) == (2, 0)


def test_after_a_drop_nothing_from_before_is_carried(carrier):
    advance(carrier, 3)
    carrier.accept(1, disc(1))
    carrier.drop()
    now_ns = advance(carrier, 2, first=3)
    assert carrier.carry(now_ns) is None
    assert not carrier.accept(2, disc(2))
    assert carrier.carry(now_ns) is None
    assert carrier.accept(3, disc(3))
    assert carrier.carry(now_ns).source_index == 3


def test_a_map_is_dropped_where_the_flow_disagrees_though_no_cut_was_noticed(carrier):
    advance(carrier, 3)
    carrier.accept(2, disc(2))
    carrier.advance(speckle(seed=7), 3, ms(48))
    assert carrier.carry(ms(48)) is None


def test_smoothing_blends_what_lies_on_the_same_tissue(carrier):
    advance(carrier, 2)
    carrier.accept(1, disc(1))
    now_ns = advance(carrier, 8, first=2)
    carrier.accept(7, 0.5 * disc(7), smoothing=0.5)
    carried = carrier.carry(now_ns)
    assert (carried.source_index, carried.age_ns) == (7, ms(2 * 16))
    inside = cv2.erode(disc(9), np.ones((9, 9))) > 0
    np.testing.assert_allclose(carried.model_map[inside], 0.75, atol=0.03)
    assert iou(carried.model_map, disc(9)) > 0.95


def test_a_map_is_not_smoothed_with_one_that_is_too_old(carrier):
    advance(carrier, 2)
    carrier.accept(1, disc(1))
    advance(carrier, 2, first=2 + OLDEST_MS // 16)
    carrier.accept(2 + OLDEST_MS // 16, 0.5 * disc(2), smoothing=0.5)
    assert carrier.carry(0).model_map.max() == pytest.approx(0.5, abs=0.01)


def test_maps_are_brought_up_over_frames_that_nobody_asked_for(carrier):
    """As well as where it was asked at every frame."""
    other = Carrier(SIZE, oldest_ns=ms(OLDEST_MS))
    for each in (carrier, other):
        advance(each, 1)
        each.accept(0, disc())
    for index in range(1, 8):
        for each in (carrier, other):
            now_ns = advance(each, 1, first=index)
        other.carry(now_ns)
    np.testing.assert_array_equal(carrier.carry(now_ns).model_map, other.carry(now_ns).model_map)


def test_a_map_in_which_nothing_was_found_is_a_finding_too(carrier):
    now_ns = advance(carrier, 4)
    carrier.accept(1, np.zeros(SIZE, np.float32))
    assert carrier.carry(now_ns).source_index == 1
