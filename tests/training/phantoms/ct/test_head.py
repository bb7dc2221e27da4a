"""The computed head: its densities, its shape, and that its slices fit together."""

from dataclasses import replace

import numpy as np
import pytest

from training.phantoms.ct.head import Head
from training.phantoms.ct.slice import FAR_MM, Slice
from training.phantoms.ct.view import View

SEEDS = pytest.mark.parametrize("seed", range(6))


def random_slice(seed: int, size: int = 128) -> Slice:
    rng = np.random.default_rng(seed)
    head = Head.draw(rng)
    return head.slice(View.draw(rng, head), size)


@SEEDS
def test_every_field_has_the_size_asked_for_and_is_finite(seed: int):
    cut = random_slice(seed)
    for name in ("hu", "x_mm", "y_mm", "z_mm", "inner_mm", "fluid", "ventricles", "falx_mm", "tentorium_mm"):
        field = getattr(cut, name)
        assert (field.shape, field.dtype) == ((128, 128), np.float32), name
        assert np.isfinite(field).all(), name
    assert not cut.is_scanned


@SEEDS
def test_shares_of_fluid_lie_between_0_and_1_and_never_add_up_to_more(seed: int):
    cut = random_slice(seed)
    assert min(cut.fluid.min(), cut.ventricles.min()) >= 0
    assert (cut.fluid + cut.ventricles).max() <= 1 + 1e-5
    assert not (cut.fluid + cut.ventricles)[cut.inner_mm < 0].any()


@SEEDS
def test_the_same_generator_gives_the_same_slice_and_another_one_another(seed: int):
    first, again, other = random_slice(seed), random_slice(seed), random_slice(seed + 100)
    np.testing.assert_array_equal(first.hu, again.hu)
    np.testing.assert_array_equal(first.inner_mm, again.inner_mm)
    assert not np.array_equal(first.hu, other.hu)


@SEEDS
def test_tissue_has_its_density(seed: int):
    head = Head.draw(np.random.default_rng(seed))
    cut = head.slice(View.upright(head, 0.62 * head.height_mm), 192)
    is_brain = (cut.inner_mm > 8) & (cut.fluid + cut.ventricles < 0.02)
    tissue = head.tissue
    darkest_hu, brightest_hu = tissue.white_hu - tissue.deep_hu - tissue.lobes_hu, tissue.grey_hu + tissue.lobes_hu
    assert darkest_hu - 2 < np.median(cut.hu[is_brain]) < brightest_hu + 2
    assert cut.hu[0, 0] < -900
    assert np.median(cut.hu[(cut.inner_mm < -1) & (cut.inner_mm > -3)]) > 300
    is_fluid = (cut.ventricles > 0.98) & (cut.hu < 30)
    assert np.median(cut.hu[is_fluid]) == pytest.approx(head.spaces.density_hu, abs=2)


def test_the_head_holds_no_fresh_blood():
    """Away from bone, membranes, vessels and calcifications, nothing in the upper half is as dense as blood."""
    dense = total = 0
    for seed in range(8):
        head = Head.draw(np.random.default_rng(seed))
        cut = head.slice(View.upright(head, 0.7 * head.height_mm), 128)
        is_deep = (cut.inner_mm > 8) & (cut.falx_mm > 5) & (cut.tentorium_mm > 5)
        dense += np.count_nonzero(cut.hu[is_deep] > 46)
        total += np.count_nonzero(is_deep)
    assert dense < 0.004 * total


def test_neighbouring_slices_fit_together(head: Head):
    """Half a millimetre apart they differ far less than a centimetre apart."""
    views = [View.upright(head, 80.0 + step) for step in (0.0, 0.5, 10.0)]
    here, near, far = (np.clip(head.slice(view, 128).hu, -20, 100) for view in views)
    assert np.abs(near - here).mean() < 0.25 * np.abs(far - here).mean()


def test_a_tilted_slice_agrees_with_a_straight_one_where_they_cross(head: Head):
    straight = head.slice(View(z_mm=80.0), 256)
    tilted = head.slice(View(z_mm=80.0, pitch_rad=0.3), 256)
    rows = slice(127, 129)
    assert np.abs(straight.inner_mm[rows] - tilted.inner_mm[rows])[straight.inner_mm[rows] > -5].max() < 1.5
    ventricles = np.abs(straight.ventricles[rows] - tilted.ventricles[rows])
    assert ventricles.mean() < 0.02


def test_the_room_for_the_brain_grows_smaller_towards_the_vertex(head: Head):
    areas = [
        np.count_nonzero(head.slice(View.upright(head, share * head.height_mm), 128).inner_mm > 0)
        for share in (0.55, 0.75, 0.9, 1.02)
    ]
    assert areas == sorted(areas, reverse=True)
    assert areas[2] < 0.7 * areas[0]
    assert areas[3] < 0.1 * areas[0]


def test_depth_grows_by_a_millimetre_for_every_millimetre_walked_inwards(head: Head):
    cut = head.slice(View.upright(head, 0.55 * head.height_mm), 256)
    row = cut.inner_mm[128]
    first = int(np.flatnonzero(row > 1)[0])
    walked = 8 * cut.pixel_mm
    assert row[first + 8] - row[first] == pytest.approx(walked, rel=0.25)


def test_falx_and_tentorium_are_where_they_belong(head: Head):
    high = head.slice(View.upright(head, 0.85 * head.height_mm), 128)
    assert (high.tentorium_mm == FAR_MM).all()
    assert np.abs(high.x_mm[high.falx_mm < 2]).max() < 12
    low = head.slice(View.upright(head, 0.32 * head.height_mm), 128)
    assert (low.y_mm[low.tentorium_mm < 2] > 0).all()
    assert np.count_nonzero(low.tentorium_mm < 2) > 20


def test_a_mirrored_picture_is_the_mirror_image(head: Head):
    view = View(z_mm=70.0, pitch_rad=0.2, turn_rad=0.3, shift_mm=(0.0, 0.0))
    there, here = head.slice(view, 128), head.slice(replace(view, is_mirrored=True), 128)
    is_near = there.inner_mm > -10
    assert np.abs(there.inner_mm - here.inner_mm[:, ::-1])[is_near].mean() < 0.1
    assert np.abs(there.fluid - here.fluid[:, ::-1])[is_near].mean() < 0.02


def test_a_head_that_the_picture_misses_leaves_it_empty(head: Head):
    cut = head.slice(View(z_mm=400.0), 64)
    assert (cut.inner_mm < 0).all()
    assert not cut.fluid.any()


@pytest.mark.parametrize("size", [0, 100, 8])
def test_a_size_that_does_not_divide_into_blocks_is_refused(head: Head, size: int):
    with pytest.raises(ValueError, match=f"a multiple of 16 pixels along each side, got {size}"):
        head.slice(View(z_mm=70.0), size)
