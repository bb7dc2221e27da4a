"""What is projected comes back."""

import numpy as np
import pytest

from training.phantoms.ct.projection import back_project, project, reconstruct

SIZE, VIEWS = 96, 90


def discs() -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Two discs off the middle, so that a mirrored or turned result would show."""
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    return ((np.hypot(x - 12, y + 9) < 20) + 2.0 * (np.hypot(x + 24, y - 12) < 8)).astype(np.float32)


def test_every_view_holds_all_of_the_picture():
    picture = discs()
    np.testing.assert_allclose(project(picture[:, :, np.newaxis], VIEWS)[:, :, 0].sum(axis=1), picture.sum(), rtol=0.01)


def test_the_first_view_looks_down_the_columns():
    picture = discs()
    np.testing.assert_allclose(project(picture[:, :, np.newaxis], VIEWS)[:, :, 0][0], picture.sum(axis=0), atol=1e-3)


def test_several_pictures_are_projected_as_each_alone():
    picture = discs()
    both = project(np.dstack([picture, picture.T]), VIEWS)
    np.testing.assert_allclose(both[:, :, 1], project(picture.T[:, :, np.newaxis], VIEWS)[:, :, 0], atol=0.3)


def test_a_picture_comes_back_from_its_projections():
    picture = discs()
    found = reconstruct(project(picture[:, :, np.newaxis], VIEWS)[:, :, 0])
    y, x = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2
    assert found[np.hypot(x - 12, y + 9) < 16].mean() == pytest.approx(1, abs=0.03)
    assert found[np.hypot(x + 24, y - 12) < 6].mean() == pytest.approx(2, abs=0.08)
    assert found[(picture == 0) & (np.hypot(x, y) < 46)].mean() == pytest.approx(0, abs=0.04)


def test_a_flat_sinogram_smears_to_a_flat_picture():
    np.testing.assert_allclose(back_project(np.full((30, 64), 3, np.float32)), 3, rtol=1e-5)
