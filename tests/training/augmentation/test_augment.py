"""Picture and mask go through one draw, and black stays black."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from training.augmentation import AugmentationConfig, augment

SIZE = (40, 56)
GEOMETRY = {"flip": 0.5, "rotation_deg": 40, "zoom": 1.3, "shear": 0.1, "shift": 0.1, "elastic": 20}
GREY = {"gamma": 1.5, "gain": 1.3, "window_shift": 0.1, "window_width": 1.3, "blur_px": 1.5, "noise": 0.1}
SOMETIMES = {"clahe": 1, "cutout": 1, "speckle": 0.2, "shadow": 1, "attenuation": 1, "haze": 0.5}
GEOMETRY_ONLY = AugmentationConfig.model_validate(GEOMETRY)
EVERYTHING = AugmentationConfig.model_validate({**GEOMETRY, **GREY, **SOMETIMES})
seeds = st.integers(0, 2**32 - 1)


def square() -> np.ndarray:
    mask = np.zeros(SIZE, bool)
    mask[12:30, 15:35] = True
    return mask


@settings(deadline=None)
@given(seeds)
def test_a_picture_of_the_mask_stays_the_mask(seed: int) -> None:
    image, mask = augment(square().astype(np.float32), square(), GEOMETRY_ONLY, np.random.default_rng(seed))
    np.testing.assert_array_equal(image >= 0.5, mask == 1)


@settings(deadline=None)
@given(seeds)
def test_changes_of_grey_levels_leave_the_mask_alone(seed: int) -> None:
    limits = AugmentationConfig.model_validate({**GREY, **SOMETIMES})
    _, mask = augment(square().astype(np.float32), square(), limits, np.random.default_rng(seed))
    np.testing.assert_array_equal(mask, square())


@settings(deadline=None)
@given(seeds)
def test_the_same_seed_gives_the_same_picture(seed: int) -> None:
    image = np.random.default_rng(1).random(SIZE, np.float32)
    first, again = (augment(image, square(), EVERYTHING, np.random.default_rng(seed)) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@settings(deadline=None)
@given(seeds)
def test_black_stays_black_and_values_stay_within_0_and_1(seed: int) -> None:
    black, _ = augment(np.zeros(SIZE, np.float32), square(), EVERYTHING, np.random.default_rng(seed))
    assert not black.any()
    image, mask = augment(square().astype(np.float32), square(), EVERYTHING, np.random.default_rng(seed))
    assert image.dtype == mask.dtype == np.float32
    assert 0 <= image.min() <= image.max() <= 1
    assert set(np.unique(mask)) <= {0, 1}


def test_without_limits_nothing_changes() -> None:
    image = np.random.default_rng(1).random(SIZE, np.float32)
    same, mask = augment(image, square(), AugmentationConfig(), np.random.default_rng(2))
    np.testing.assert_allclose(same, image, atol=1e-6)
    np.testing.assert_array_equal(mask, square())
