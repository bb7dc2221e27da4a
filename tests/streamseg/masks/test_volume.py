"""Volumes as other programs read them: the same voxels in the same places."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.masks.grid import Grid
from streamseg.masks.volume import WRITERS, to_metaimage, to_nifti

AXES = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, -1.0], [-1.0, 0.0, 0.0]])
GRID = Grid(AXES, (0.25, 0.5, 4.0), np.array([-10.5, 20.25, 30.0]), is_placed=True)
FRAMES = Grid(np.eye(3), (0.25, 0.5, 1.0), np.zeros(3), is_placed=False)
VOXELS = (np.random.default_rng(3).random((3, 4, 5)) > 0.5).astype(np.uint8)


@pytest.mark.parametrize("suffix", sorted(WRITERS))
@pytest.mark.parametrize("grid", [GRID, FRAMES], ids=["placed", "frames"])
def test_simpleitk_reads_the_voxels_where_they_are(tmp_path, suffix, grid):
    sitk = pytest.importorskip("SimpleITK")
    if suffix == ".nii.gz":
        pytest.importorskip("nibabel")
    path = tmp_path / f"a{suffix}"
    path.write_bytes(WRITERS[suffix](VOXELS, grid))
    image = sitk.ReadImage(str(path))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), VOXELS)
    np.testing.assert_allclose(image.GetSpacing(), grid.spacing)
    if not grid.is_placed and suffix == ".nii.gz":
        return  # of a NIfTI file without a place SimpleITK makes up its own
    for voxel in [(0, 0, 0), (4, 3, 2)]:
        point = image.TransformIndexToPhysicalPoint(voxel)
        np.testing.assert_allclose(point, (grid.affine @ (*voxel, 1))[:3], atol=1e-5)


def test_nibabel_reads_the_voxels_where_they_are():
    nibabel = pytest.importorskip("nibabel")
    image = nibabel.Nifti1Image.from_stream(io.BytesIO(__import__("gzip").decompress(to_nifti(VOXELS, GRID))))
    np.testing.assert_array_equal(np.asarray(image.dataobj), VOXELS.transpose(2, 1, 0))
    x, y, z = (GRID.affine @ (4, 3, 2, 1))[:3]
    np.testing.assert_allclose(image.affine @ (4, 3, 2, 1), (-x, -y, z, 1), atol=1e-5)
    assert image.header.get_xyzt_units()[0] == "mm"


def test_the_same_masks_make_the_same_bytes():
    pytest.importorskip("nibabel")
    assert to_nifti(VOXELS, GRID) == to_nifti(VOXELS, GRID)


@given(voxels=arrays.arrays(np.uint8, st.tuples(*[st.integers(1, 6)] * 3), elements=st.integers(0, 1)))
def test_what_is_written_is_read_again_by_this_project(voxels, tmp_path_factory):
    from streamseg.volumes.metaimage import read_metaimage

    path = tmp_path_factory.mktemp("volume") / "a.mha"
    path.write_bytes(to_metaimage(voxels, GRID))
    stored = read_metaimage(path)
    assert stored.layout.shape == voxels.shape[::-1]
    np.testing.assert_allclose(stored.affine_mm, GRID.affine, atol=1e-6)
