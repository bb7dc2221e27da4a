"""Flow between pictures, on motion that is known."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.carry.flow import FLOW_SIDE_PX, LEAST_RESEMBLANCE, TOLERANCE_PX, Flow, Path, resemblance

SIZE = (256, 256)
CENTRE = (128.0, 128.0)
shifts = st.floats(-8, 8)


def speckle(seed=0):
    """Return a picture (h, w), 0 to 1, with structure at the scale of tissue."""
    noise = np.random.default_rng(seed).random(SIZE, np.float32)
    field = cv2.GaussianBlur(noise, (0, 0), 4)
    return cv2.normalize(field, None, 0, 1, cv2.NORM_MINMAX).astype(np.float32)


def moved(picture, *, shift=(0.0, 0.0), zoom=1.0, degrees=0.0):
    """Return ``picture`` turned and scaled about its centre, then shifted by (x, y) pixels."""
    matrix = cv2.getRotationMatrix2D(CENTRE, degrees, zoom)
    matrix[:, 2] += shift
    return cv2.warpAffine(picture, matrix, SIZE[::-1], borderMode=cv2.BORDER_REFLECT_101)


def disc(radius_px=50.0):
    rows, columns = np.indices(SIZE, np.float32)
    distance = np.hypot(rows - CENTRE[1], columns - CENTRE[0])
    return np.clip((radius_px - distance) / 4 + 0.5, 0, 1).astype(np.float32)


def iou(one, other):
    one, other = one >= 0.5, other >= 0.5
    return (one & other).sum() / max(1, (one | other).sum())


def stay():
    """Return the way from a picture to itself."""
    return Path(
        np.zeros((FLOW_SIDE_PX, FLOW_SIDE_PX, 2), np.float32), np.zeros((FLOW_SIDE_PX, FLOW_SIDE_PX), np.float32)
    )


@pytest.fixture(scope="module")
def flow():
    return Flow(SIZE)


@settings(max_examples=40)
@given(x=shifts, y=shifts, zoom=st.floats(0.96, 1.04), degrees=st.floats(-3, 3))
def test_a_mask_goes_where_the_picture_goes(flow, x, y, zoom, degrees):
    before, motion = speckle(), {"shift": (x, y), "zoom": zoom, "degrees": degrees}
    then, now = flow.shrink(before), flow.shrink(moved(before, **motion))
    carried, lost = flow.carry(disc(), flow.back(now, then), then, now)
    assert iou(carried, moved(disc(), **motion)) > 0.95
    assert lost < 0.05


@settings(max_examples=20)
@given(steps=st.lists(st.tuples(st.floats(-4, 4), st.floats(-4, 4)), min_size=2, max_size=6))
def test_steps_join_to_the_whole_way(flow, steps):
    picture, place, path = speckle(), np.zeros(2), stay()
    first = before = flow.shrink(picture)
    for step in steps:
        place = place + step
        after = flow.shrink(moved(picture, shift=tuple(place)))
        path = flow.join(flow.back(after, before), path)
        before = after
    carried, _ = flow.carry(disc(), path, first, before)
    assert iou(carried, moved(disc(), shift=tuple(place))) > 0.93


def test_who_stays_carries_the_map_to_the_bit(flow):
    picture = flow.shrink(speckle())
    carried, lost = flow.carry(disc(), stay(), picture, picture)
    np.testing.assert_array_equal(carried, disc())
    assert lost == 0


def test_what_falls_into_a_shadow_is_lost_and_the_rest_is_kept(flow):
    before = speckle()
    after = before.copy()
    covered = slice(88, 168), slice(128, 208)
    after[covered] = 0.05
    then, now = flow.shrink(before), flow.shrink(after)
    carried, lost = flow.carry(disc(), flow.back(now, then), then, now)
    assert lost > 0.2
    np.testing.assert_allclose(carried[115:141, 85:105], 1, atol=0.05)
    assert (carried[100:156, 140:170] < 0.5).mean() > 0.7


def test_pictures_that_have_nothing_in_common_carry_nothing(flow):
    one, other = flow.shrink(speckle(1)), flow.shrink(speckle(2))
    _, lost = flow.carry(disc(), flow.back(other, one), one, other)
    assert lost > 0.9


def test_flow_that_disagrees_carries_nothing_though_the_pictures_are_alike(flow):
    picture, path = flow.shrink(speckle()), stay()
    path.disagreement[...] = TOLERANCE_PX + 0.1
    assert flow.carry(disc(), path, picture, picture)[1] == 1


def test_black_resembles_black_and_noise_noise():
    noise = np.random.default_rng(0).normal(4, 2, (2, *SIZE))
    levels = [np.clip(each, 0, 255).astype(np.uint8) for each in noise]
    assert resemblance(*levels).min() > LEAST_RESEMBLANCE
    np.testing.assert_array_equal(resemblance(levels[0] * 0, levels[0] * 0), 1)


def test_what_came_from_outside_the_picture_is_in_no_mask(flow):
    path = stay()
    path.way[..., 0] = -FLOW_SIDE_PX / 4  # everything moved to the right by a quarter of the picture
    even = np.zeros((FLOW_SIDE_PX, FLOW_SIDE_PX), np.uint8)
    carried, _ = flow.carry(np.ones(SIZE, np.float32), path, even, even)
    assert not carried[:, :60].any()
    assert (carried[:, 68:] == 1).all()


@pytest.mark.parametrize("size", [(32, 32), (8, 40), (256, 192), (100, 300)])
def test_maps_of_any_size_are_carried(size):
    flow = Flow(size)
    picture = np.random.default_rng(0).random(size, np.float32)
    small = flow.shrink(picture)
    assert max(small.shape) <= FLOW_SIDE_PX
    carried, lost = flow.carry(picture, flow.back(small, small), small, small)
    np.testing.assert_allclose(carried, picture, atol=1e-3)
    assert lost == 0
