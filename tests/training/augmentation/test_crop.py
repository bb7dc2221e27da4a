"""A window lies within its picture, and holds what is worth learning from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.augmentation.crop import MASK_SHARE, draw_window


@given(st.integers(16, 64), st.integers(16, 64), st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_a_window_is_square_and_within_the_picture(
    height: int, width: int, seed: int, is_black: bool, has_structure: bool
) -> None:
    rng = np.random.default_rng(seed)
    image = rng.random((height, width), np.float32) * np.float32(not is_black)
    target = (rng.random((height, width)) < 0.01 * has_structure).astype(np.float32)
    rows, columns = draw_window(image, target, 16, rng)
    assert image[rows, columns].shape == (16, 16)


def test_windows_rather_hold_the_structure_than_not() -> None:
    image, target = np.ones((128, 128), np.float32), np.zeros((128, 128), np.float32)
    target[100:104, 20:24] = 1
    rng = np.random.default_rng(0)
    held = [target[draw_window(image, target, 32, rng)].any() for _ in range(300)]
    assert MASK_SHARE - 0.1 < np.mean(held) < MASK_SHARE + 0.2


def test_windows_of_a_picture_without_structure_hold_what_is_not_black() -> None:
    image, target = np.zeros((128, 128), np.float32), np.zeros((128, 128), np.float32)
    image[:40, :40] = 0.5
    rng = np.random.default_rng(0)
    assert all(image[draw_window(image, target, 32, rng)].any() for _ in range(100))


@pytest.mark.parametrize("side", [32, 64])
def test_the_same_numbers_draw_the_same_window(side: int) -> None:
    image, target = np.ones((64, 64), np.float32), np.ones((64, 64), np.float32)
    first, second = (draw_window(image, target, side, np.random.default_rng(3)) for _ in range(2))
    assert first == second
