"""Ventricles, membranes, face, lesions and surroundings lie where they belong."""

from dataclasses import replace

import numpy as np
import pytest

from training.phantoms.ct.brain import Tissue, paint_tissue
from training.phantoms.ct.cut import BLOCK, Cut
from training.phantoms.ct.fluid import FluidSpaces, sulci
from training.phantoms.ct.lesions import DarkPatch, Lesions
from training.phantoms.ct.membranes import Sheets, paint_sheet
from training.phantoms.ct.slice import FAR_MM
from training.phantoms.ct.surroundings import STAPLE_HU, Holder, Surroundings, paint_surroundings
from training.phantoms.ct.view import View

SIZE = 128
SEEDS = pytest.mark.parametrize("seed", range(4))


def level(z_mm: float) -> Cut:
    """Return a straight cut of the standard head, 1.7 mm a pixel."""
    axis = np.linspace(-108, 108, SIZE, dtype=np.float32)
    y, x = np.meshgrid(axis, axis, indexing="ij")
    z = np.full_like(x, z_mm)
    blocks = np.stack([a.reshape(SIZE // BLOCK, BLOCK, -1, BLOCK).mean(axis=(1, 3)) for a in (x, y, z)])
    return Cut(x, y, z, blocks, 216 / SIZE)


@SEEDS
def test_the_lateral_ventricles_are_a_pair_and_none_reaches_the_vertex_or_the_surface(seed: int):
    spaces = FluidSpaces.draw(np.random.default_rng(seed))
    cut = level(71.0)
    share = spaces.ventricles(cut)
    left, right = share[cut.x < -3].sum(), share[cut.x > 3].sum()
    assert 0.2 < left / right < 5
    assert not share[np.abs(cut.x) > 55].any()
    assert not spaces.ventricles(level(115.0)).any()


def test_dilated_ventricles_hold_more_than_narrow_ones():
    heads = [FluidSpaces.draw(np.random.default_rng(seed)) for seed in range(40)]
    cut = level(78.0)
    heads.sort(key=lambda spaces: sum(spaces.ventricle_scales))
    assert heads[-1].ventricles(cut).sum() > 2 * heads[0].ventricles(cut).sum()


def test_sulci_hold_fluid_near_the_surface_and_none_beyond_their_reach():
    folds = np.zeros((1, 3), np.float32)
    depth = np.array([[2, 10, 30]], np.float32)
    share = sulci(folds, depth, np.full_like(depth, 18), np.full_like(depth, 1.5))
    np.testing.assert_allclose(share[0], [1, 1, 0])
    assert not sulci(folds, depth, np.full_like(depth, 18), np.full_like(depth, -1.0)).any()


def test_membranes_meet_a_slice_only_where_they_are():
    top, middle = Sheets.of(level(115.0)), Sheets.of(level(52.0))
    assert (top.tentorium == FAR_MM).all()
    column = top.falx[:, SIZE // 2]
    assert (column < 2).all()
    is_midbrain = np.hypot(level(52.0).x, level(52.0).y - 16) < 10
    assert (middle.tentorium[is_midbrain] == FAR_MM).all()
    assert (middle.below_tentorium[level(52.0).y < 5] < 0).all()


def test_a_sheet_is_painted_around_its_middle_only():
    hu = np.zeros((1, 3), np.float32)
    paint_sheet(hu, np.array([[0.0, 0.5, 3.0]], np.float32), 2.0, 60.0)
    np.testing.assert_allclose(hu[0], [60, 51, 0])


def test_a_dark_patch_darkens_towards_its_density_and_nothing_else():
    hu = np.full((SIZE, SIZE), 35.0, np.float32)
    patch = DarkPatch((30.0, 0.0, 70.0), (20.0, 20.0, 20.0), 15.0, 1.0, 4.0)
    patch.paint(hu, level(70.0), np.zeros_like(hu))
    assert hu.min() == pytest.approx(15, abs=0.5)
    assert np.count_nonzero(hu < 34) < 0.1 * hu.size
    assert hu.max() == 35


def test_white_matter_is_darkest_in_the_middle_and_differs_from_lobe_to_lobe():
    tissue = replace(Tissue.draw(np.random.default_rng(2)), white_hu=30, deep_hu=6, unevenness_hu=0, lobes_hu=0)
    cut, nothing = level(105.0), np.zeros((SIZE, SIZE), np.float32)

    def painted(tissue: Tissue, depth_mm: float) -> np.ndarray:
        hu = np.empty_like(nothing)
        paint_tissue(hu, cut, tissue, (nothing, np.full_like(nothing, depth_mm)), nothing)
        return hu

    assert [painted(tissue, depth).max() for depth in (2, 19, 40)] == [30, 27, 24]
    lobes = painted(replace(tissue, lobes_hu=2), 2) - 30
    assert 0.5 < lobes.std() < 4
    neighbours = np.abs(np.diff(lobes, axis=0))
    assert neighbours.max() < 0.3 * lobes.std()


def test_calcifications_are_denser_than_blood_or_absent():
    spots = [spot for seed in range(60) for spot in Lesions.draw(np.random.default_rng(seed)).spots]
    assert len(spots) > 60
    densities = np.array([density for _, _, density in spots])
    assert densities.min() >= 50
    assert np.mean(densities > 100) > 0.8


def test_a_holder_lies_below_the_head_and_on_the_other_side_of_a_picture_upside_down():
    around = Surroundings(Holder(110, 105, 0.8, 0.0, 3.0, 400), (), None)
    depth = np.full((SIZE, SIZE), -50, np.float32)
    for view, half in ((View(70.0), slice(SIZE // 2, None)), (View(70.0, is_upside_down=True), slice(SIZE // 2))):
        hu = np.full((SIZE, SIZE), -1000, np.float32)
        paint_surroundings(hu, view, depth, around)
        is_shell = hu > -500
        assert is_shell[half].sum() > 50
        assert is_shell.sum() == is_shell[half].sum()


def test_nothing_around_the_head_is_painted_inside_of_it_but_staples():
    around = Surroundings(Holder(110, 105, 1.5, 0.0, 3.0, 400), ((0.0, 0.0, 2.0),), (0.0, 3.0, 9))
    hu = np.full((SIZE, SIZE), 30, np.float32)
    paint_surroundings(hu, View(70.0), np.full_like(hu, 20.0), around)
    assert (hu == 30).all()
    paint_surroundings(hu, View(70.0), np.full_like(hu, 1.0), around)
    assert set(np.unique(hu)) == {30, STAPLE_HU}
