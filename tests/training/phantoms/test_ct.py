"""The CT phantom: densities, shape, spacing, and the mask of its haemorrhage."""

import numpy as np
import pytest

from streamseg.intensity import apply_window
from training.phantoms.ct import FIELD_MM, GREY_HU, WHITE_HU, Head, head_stack

SEEDS = pytest.mark.parametrize("seed", range(5))


@SEEDS
def test_shapes_types_and_spacing_are_as_promised(seed: int):
    hu, masks, spacing_mm = head_stack(seed, slices=6, size=128)
    assert (hu.shape, hu.dtype) == ((6, 128, 128), np.int16)
    assert (masks.shape, masks.dtype) == ((6, 128, 128), np.bool_)
    assert spacing_mm[1:] == (FIELD_MM / 128, FIELD_MM / 128)
    height_mm = spacing_mm[0] * 5
    assert 100 < height_mm < 130


def test_the_same_seed_gives_the_same_stack_and_another_one_another():
    first, again, other = (head_stack(seed, slices=3, size=96) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@SEEDS
def test_blood_is_denser_than_brain_and_every_stack_has_some_but_not_on_every_slice(seed: int):
    hu, masks, _ = head_stack(seed, slices=12, size=128)
    assert 50 < np.median(hu[masks]) < 80
    has_blood = masks.any(axis=(1, 2))
    assert has_blood.any()
    assert not has_blood.all()


@SEEDS
def test_the_mask_is_the_blood_and_nothing_but_the_blood(seed: int):
    """Away from bone and falx, what is as dense as blood is in the mask, and what is in the mask as dense as blood."""
    hu, masks, _ = head_stack(seed, slices=12, size=256)
    head = Head.draw(np.random.default_rng(seed))
    for image, mask, level in zip(hu, masks, np.linspace(0.1, 0.95, 12).tolist(), strict=True):
        plane = head.plane(level, 256)
        is_deep = (plane.inner_mm > 6) & (np.abs(plane.x) > 8) & (level > 0.26)
        missed = is_deep & (image > 58) & ~mask
        assert missed.sum() <= 0.002 * is_deep.sum() + 0.15 * mask.sum()
        if mask.sum() > 50:
            assert np.mean(image[mask] > 45) > 0.9


def test_tissue_has_its_density():
    hu, masks, _ = head_stack(3, slices=9, size=256)
    head = Head.draw(np.random.default_rng(3))
    middle = head.plane(np.linspace(0.1, 0.95, 9).tolist()[6], 256)
    image, is_blood = hu[6], masks[6]
    assert np.median(image[middle.depth_mm < -2]) == pytest.approx(-1000, abs=5)
    assert np.median(image[(middle.inner_mm < -1) & (middle.depth_mm > head.scalp_mm + 1)]) > 400
    assert WHITE_HU - 2 < np.median(image[(middle.inner_mm > 2) & ~is_blood]) < GREY_HU + 2


def test_the_skull_grows_smaller_towards_the_vertex():
    hu, _, _ = head_stack(1, slices=8, size=128)
    areas = (hu > -500).sum(axis=(1, 2))
    assert (np.diff(areas[3:]) < 0).all()
    assert areas[-1] < 0.6 * areas[3]


def test_blood_stands_out_in_the_brain_window():
    hu, masks, _ = head_stack(0, slices=12, size=128)
    shown = apply_window(hu, 40, 120)
    assert shown[masks].mean() > 0.6
    assert shown[masks].mean() - np.median(shown[(shown > 0.2) & (shown < 0.6)]) > 0.2


@pytest.mark.parametrize("wrong", [{"slices": 1}, {"size": 32}])
def test_a_stack_too_small_to_show_anything_is_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="2 slices or more of 64 pixels or more, got"):
        head_stack(0, **wrong)
