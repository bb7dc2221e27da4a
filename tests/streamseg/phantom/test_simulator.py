"""The pictures of a phantom, as its users see them."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from streamseg.phantom import PERIOD_S, Phantom
from streamseg.phantom.beams import Geometry
from streamseg.phantom.simulator import SceneName

KINDS = pytest.mark.parametrize(
    ("scene", "geometry"), [("head", "sector"), ("head", "linear"), ("vessel", "sector"), ("vessel", "linear")]
)
SMALL = (120, 160)


def likeness(first: NDArray[np.uint8], second: NDArray[np.uint8], inside: NDArray[np.bool_]):
    return np.corrcoef(first[inside], second[inside])[0, 1]


@KINDS
def test_the_same_arguments_give_the_same_pictures(scene: SceneName, geometry: Geometry):
    first, second = (Phantom(scene, SMALL, geometry, seed=4).render(1.3) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[1], second[1])


@KINDS
def test_a_picture_does_not_depend_on_the_ones_before_it(scene: SceneName, geometry: Geometry):
    phantom = Phantom(scene, SMALL, geometry, seed=4)
    phantom.render(0.1)
    np.testing.assert_array_equal(phantom.render(1.3)[0], Phantom(scene, SMALL, geometry, seed=4).render(1.3)[0])


@KINDS
def test_it_is_black_outside_the_field_and_not_inside(scene: SceneName, geometry: Geometry):
    phantom = Phantom(scene, SMALL, geometry, seed=1)
    image, _ = phantom.render(0)
    assert (image.shape, image.dtype) == (SMALL, np.uint8)
    assert not image[~phantom.view.inside].any()
    assert image[phantom.view.inside].mean() > 10


@KINDS
def test_consecutive_frames_differ_a_little_and_distant_ones_more(scene: SceneName, geometry: Geometry):
    phantom = Phantom(scene, (240, 320), geometry, seed=2)
    now, next_one, later = (phantom.render(time_s)[0] for time_s in (0.5, 0.5 + 1 / 30, 2.5))
    inside = phantom.view.inside
    assert not np.array_equal(now, next_one)
    assert likeness(now, next_one, inside) > 0.9
    assert likeness(now, later, inside) < likeness(now, next_one, inside) - 0.1


@KINDS
def test_the_motion_repeats_after_its_period(scene: SceneName, geometry: Geometry):
    phantom = Phantom(scene, SMALL, geometry, seed=2)
    (first, first_mask), (last, last_mask) = phantom.render(0.2), phantom.render(0.2 + PERIOD_S)
    assert (first_mask != last_mask).mean() < 1e-3
    assert likeness(first, last, phantom.view.inside) > 0.95


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**31), time_s=st.floats(0, 60), scene=st.sampled_from(["head", "vessel"]))
def test_the_structure_is_in_the_picture_for_every_seed_at_every_time(seed: int, time_s: float, scene: SceneName):
    geometry = "sector" if scene == "head" else "linear"
    phantom = Phantom(scene, (90, 120), geometry, seed=seed)
    _, mask = phantom.render(time_s)
    assert 0.005 < mask.mean() < 0.6
    assert (mask & phantom.view.inside).sum() > 0.8 * mask.sum()


def test_seeds_differ_in_place_size_and_brightness():
    renders = [Phantom(size=SMALL, seed=seed).render(0) for seed in range(8)]
    assert np.std([mask.mean() for _, mask in renders]) > 0.02
    assert np.std([np.nonzero(mask)[1].mean() for _, mask in renders]) > 2
    assert np.std([image.mean() for image, _ in renders]) > 3


def test_the_same_scan_at_twice_the_size_shows_the_same():
    (small, small_mask), (large, large_mask) = (Phantom(size=size, seed=3).render(1) for size in (SMALL, (240, 320)))
    assert (large_mask[::2, ::2] != small_mask).mean() < 0.02
    halved = large.reshape(120, 2, 160, 2).mean(axis=(1, 3))
    assert np.corrcoef(halved.ravel(), small.ravel())[0, 1] > 0.95


def test_spacing_measures_the_head_in_mm_whatever_the_size():
    areas = []
    for size in (SMALL, (240, 320)):
        phantom = Phantom(size=size, seed=3)
        areas.append(phantom.render(1)[1].sum() * np.prod(phantom.spacing_mm))
    assert areas[0] == pytest.approx(areas[1], rel=0.02)


@pytest.mark.parametrize(
    "wrong", [{"scene": "liver"}, {"geometry": "phased"}, {"size": (8, 100)}, {"zoom": 0.5}, {"seed": -1}]
)
def test_what_it_cannot_show_is_refused_with_the_value(wrong: dict[str, Any]):
    with pytest.raises(ValueError, match=str(next(iter(wrong.values()))).replace("(", r"\(").replace(")", r"\)")):
        Phantom(**wrong)
