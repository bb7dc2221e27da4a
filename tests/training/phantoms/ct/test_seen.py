"""Blood is outlined where it stands out from the tissue around it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training.phantoms.ct.seen import LEAST_CONTRAST_HU, LOWEST_CONTRAST_HU, seen_parts

BRAIN_HU, SKULL_HU = 34, 100


def head(noise_hu: float = 4.0) -> NDArray[np.int16]:
    """Return a round brain in a skull, 1 mm a pixel."""
    rows, columns = np.mgrid[:128, :128] - 63.5
    radius = np.hypot(rows, columns)
    hu = np.where(radius < 56, BRAIN_HU + np.random.default_rng(0).normal(0, noise_hu, radius.shape), SKULL_HU)
    return np.where(radius > 62, -20, hu).astype(np.int16)


def blood(picture: NDArray[np.int16], contrast_hu: float) -> NDArray[np.bool_]:
    """Lay two bleeds into ``picture``, in the middle and along the skull, and return their mask."""
    rows, columns = np.mgrid[:128, :128] - 63.5
    mask = np.hypot(rows, columns) < 8
    mask |= (np.hypot(rows, columns) > 51) & (np.hypot(rows, columns) < 57) & (rows < -20)
    picture[mask & (picture < SKULL_HU)] += np.int16(contrast_hu)
    return mask


@pytest.mark.parametrize("noise_hu", [0, 4, 8])
def test_blood_that_looks_like_brain_is_not_outlined_and_blood_that_stands_out_is(noise_hu: float) -> None:
    picture = head(noise_hu)
    mask = blood(picture, 2 * LEAST_CONTRAST_HU)
    np.testing.assert_array_equal(seen_parts(picture, mask, 1.0), mask & (picture < SKULL_HU))
    picture = head(noise_hu)
    mask = blood(picture, 0.3 * LEAST_CONTRAST_HU)
    assert not seen_parts(picture, mask, 1.0).any()


def test_of_a_large_part_less_contrast_is_enough_than_of_a_small_one() -> None:
    radius = np.hypot(*(np.mgrid[:128, :128] - 63.5))
    for radius_px, is_seen in ((5, False), (20, True)):
        picture, mask = head(0), radius < radius_px
        picture[mask] += np.int16(0.75 * LEAST_CONTRAST_HU)
        assert seen_parts(picture, mask, 1.0).any() == is_seen
        picture[mask] = BRAIN_HU + LOWEST_CONTRAST_HU - 1
        assert not seen_parts(picture, mask, 1.0).any()


def test_blood_that_bone_hides_is_not_outlined() -> None:
    picture = head()
    rows, columns = np.mgrid[:128, :128] - 63.5
    within_bone = (np.hypot(rows, columns) > 57) & (np.hypot(rows, columns) < 61) & (rows < -20)
    assert not seen_parts(picture, within_bone, 1.0).any()


def test_dense_blood_away_from_bone_is_outlined_however_bright_it_is() -> None:
    picture = head()
    mask = np.hypot(*(np.mgrid[:128, :128] - 63.5)) < 8
    picture[mask] = 97
    np.testing.assert_array_equal(seen_parts(picture, mask, 1.0), mask)


def test_a_seam_along_bone_must_be_brighter_than_the_rest_of_the_seam() -> None:
    picture = head()
    rows, columns = np.mgrid[:128, :128] - 63.5
    seam = (np.hypot(rows, columns) > 54) & (np.hypot(rows, columns) < 56)
    picture[seam] += 15
    upper = seam & (rows < -20)
    assert not seen_parts(picture, upper, 1.0).any()
    picture[upper] += 15
    np.testing.assert_array_equal(seen_parts(picture, upper, 1.0), upper)


def test_each_part_is_judged_by_itself() -> None:
    picture = head()
    mask = blood(picture, 0)
    middle = mask.copy()
    middle[:50] = False
    picture[middle] += 20
    np.testing.assert_array_equal(seen_parts(picture, mask, 1.0), middle)


def test_a_part_with_nothing_around_it_to_compare_with_is_kept() -> None:
    picture, mask = np.full((32, 32), SKULL_HU, np.int16), np.zeros((32, 32), bool)
    picture[10:20, 10:20], mask[10:20, 10:20] = 60, True
    np.testing.assert_array_equal(seen_parts(picture, mask, 1.0), mask)


def test_no_blood_is_no_blood() -> None:
    assert not seen_parts(head(), np.zeros((128, 128), bool), 1.0).any()
