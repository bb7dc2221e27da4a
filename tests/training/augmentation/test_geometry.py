"""A warp moves pixels where its draw says, with or without an elastic part."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augmentation import AugmentationConfig
from training.augmentation.geometry import Warp, draw_warp

SIZE = (40, 56)


def noise() -> np.ndarray:
    return np.random.default_rng(1).random(SIZE, np.float32)


def test_a_flip_mirrors_about_the_middle() -> None:
    warp = draw_warp(np.random.default_rng(2), AugmentationConfig(flip=1.0), SIZE)
    np.testing.assert_allclose(warp.apply(noise()), noise()[:, ::-1], atol=1e-6)


def test_half_a_turn_reverses_both_directions() -> None:
    centre = (np.array([SIZE[1], SIZE[0]]) - 1) / 2
    turn = Warp(np.column_stack([-np.eye(2), 2 * centre]), None)
    np.testing.assert_allclose(turn.apply(noise()), noise()[::-1, ::-1], atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_no_displacement_moves_as_no_elastic_part_does(seed: int) -> None:
    limits = AugmentationConfig(flip=0.5, rotation_deg=60, zoom=1.5, shear=0.2, shift=0.1)
    warp = draw_warp(np.random.default_rng(seed), limits, SIZE)
    ramp = np.add.outer(np.arange(SIZE[0], dtype=np.float32), np.arange(SIZE[1], dtype=np.float32)) / 100
    elastic = Warp(warp.matrix, np.zeros((*SIZE, 2), np.float32))
    # OpenCV interpolates at 1/32 of a pixel.
    inside = (slice(8, -8), slice(8, -8))
    np.testing.assert_allclose(elastic.apply(ramp)[inside], warp.apply(ramp)[inside], atol=0.35)
    assert np.median(np.abs(elastic.apply(ramp) - warp.apply(ramp))) < 1e-3


def test_a_displacement_looks_aside() -> None:
    displacement = np.zeros((*SIZE, 2), np.float32)
    displacement[..., 0] = 3
    moved = Warp(np.eye(2, 3), displacement).apply(noise())
    np.testing.assert_allclose(moved[:, :-3], noise()[:, 3:], atol=1e-6)


@pytest.mark.parametrize(("zoom", "lowest", "highest"), [(1.5, 1 / 1.5, 1.5), ((0.8, 1.5), 0.8, 1.5)])
def test_zoom_stays_within_its_limits_and_uses_them(zoom: float, lowest: float, highest: float) -> None:
    rng, limits = np.random.default_rng(3), AugmentationConfig(zoom=zoom)
    scales = [np.sqrt(np.linalg.det(draw_warp(rng, limits, SIZE).matrix[:, :2])) for _ in range(200)]
    assert lowest <= min(scales) < lowest * 1.1
    assert highest / 1.1 < max(scales) <= highest
