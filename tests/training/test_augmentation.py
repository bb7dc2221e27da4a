"""Picture and mask go through one draw, and black stays black."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augmentation import augment_image, augment_mask, draw_augmentation
from training.config import AugmentationConfig

SIZE = (40, 56)
GEOMETRY_ONLY = AugmentationConfig(gamma=1, gain=1, blur_px=0, speckle=0, shadow=0)
EVERYTHING = AugmentationConfig(shadow=1)
seeds = st.integers(0, 2**32 - 1)


def square() -> np.ndarray:
    mask = np.zeros(SIZE, np.float32)
    mask[12:30, 15:35] = 1
    return mask


@settings(deadline=None)
@given(seeds)
def test_a_picture_of_the_mask_stays_the_mask(seed: int) -> None:
    draw = draw_augmentation(np.random.default_rng(seed), GEOMETRY_ONLY, SIZE)
    np.testing.assert_array_equal(augment_image(square(), draw) >= 0.5, augment_mask(square(), draw) == 1)


@settings(deadline=None)
@given(seeds)
def test_the_same_seed_gives_the_same_picture(seed: int) -> None:
    first, second = (draw_augmentation(np.random.default_rng(seed), EVERYTHING, SIZE) for _ in range(2))
    np.testing.assert_array_equal(augment_image(square(), first), augment_image(square(), second))


@settings(deadline=None)
@given(seeds)
def test_black_stays_black_and_values_stay_within_0_and_1(seed: int) -> None:
    draw = draw_augmentation(np.random.default_rng(seed), EVERYTHING, SIZE)
    assert not augment_image(np.zeros(SIZE, np.float32), draw).any()
    changed = augment_image(square(), draw)
    assert changed.dtype == np.float32
    assert 0 <= changed.min() <= changed.max() <= 1


def test_limits_of_nothing_change_nothing() -> None:
    limits = AugmentationConfig(
        flip=0, rotation_deg=0, zoom=1, shear=0, shift=0, gamma=1, gain=1, blur_px=0, speckle=0, shadow=0
    )
    image = np.random.default_rng(1).random(SIZE, np.float32)
    draw = draw_augmentation(np.random.default_rng(2), limits, SIZE)
    np.testing.assert_allclose(augment_image(image, draw), image, atol=1e-6)


def test_a_flip_mirrors_about_the_middle() -> None:
    limits = GEOMETRY_ONLY.model_copy(update={"flip": 1.0, "rotation_deg": 0, "zoom": 1, "shear": 0, "shift": 0})
    image = np.random.default_rng(1).random(SIZE, np.float32)
    draw = draw_augmentation(np.random.default_rng(2), limits, SIZE)
    np.testing.assert_allclose(augment_image(image, draw), image[:, ::-1], atol=1e-6)


def test_a_shadow_darkens_a_part_and_leaves_the_rest() -> None:
    limits = GEOMETRY_ONLY.model_copy(
        update={"flip": 0.0, "rotation_deg": 0, "zoom": 1, "shear": 0, "shift": 0, "shadow": 1.0}
    )
    shaded = augment_image(np.ones(SIZE, np.float32), draw_augmentation(np.random.default_rng(4), limits, SIZE))
    assert shaded.min() <= 0.7
    assert np.mean(shaded == 1) > 0.5
