"""A stack is one head from base to vertex, with a haemorrhage that is clear to the eye."""

import numpy as np
import pytest

from streamseg.intensity import apply_window
from training.phantoms.ct.stack import head_stack

SEEDS = pytest.mark.parametrize("seed", range(4))


@SEEDS
def test_shapes_types_and_spacing_are_as_promised(seed: int):
    hu, masks, spacing_mm = head_stack(seed, slices=6, size=96)
    assert (hu.shape, hu.dtype) == ((6, 96, 96), np.int16)
    assert (masks.shape, masks.dtype) == ((6, 96, 96), np.bool_)
    assert spacing_mm[1] == spacing_mm[2]
    assert 180 < spacing_mm[1] * 96 < 330
    assert 90 < spacing_mm[0] * 5 < 130


def test_the_same_seed_gives_the_same_stack_and_another_one_another():
    first, again, other = (head_stack(seed, slices=2, size=96) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])


@SEEDS
def test_blood_is_clear_in_the_brain_window_and_on_several_slices(seed: int):
    hu, masks, _ = head_stack(seed, slices=12, size=128)
    has_blood = masks.any(axis=(1, 2))
    assert has_blood.sum() >= 2
    shown = apply_window(hu, 40, 120)
    assert shown[masks].mean() - np.median(shown[(shown > 0.2) & (shown < 0.6)]) > 0.1


def test_blood_in_neighbouring_slices_fits_together():
    _, masks, _ = head_stack(1, slices=40, size=96)
    largest = int(masks.sum(axis=(1, 2)).argmax())
    here, next_one = masks[largest], masks[largest + 1]
    assert (here & next_one).sum() > 0.5 * min(here.sum(), next_one.sum())


def test_the_skull_grows_smaller_towards_the_vertex():
    hu, _, _ = head_stack(1, slices=8, size=96)
    areas = (hu > -300).sum(axis=(1, 2))
    assert areas[-1] < 0.75 * areas[3]


@pytest.mark.parametrize("wrong", [{"slices": 1}, {"size": 32}])
def test_a_stack_too_small_to_show_anything_is_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="2 slices or more of 64 pixels or more, got"):
        head_stack(0, **wrong)
