"""Slices: views, slabs, and what is said of a volume that lies askew or of which something is not known."""

import nibabel
import numpy as np
import pytest

from streamseg.errors import SettingsError
from tests.support.volume_files import image, numbered, play, save, whole_file, write


def turned(degrees):
    """Return directions turned about the axis from right to left, as by a tilted gantry."""
    angle = np.radians(degrees)
    return [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]


def test_pixels_are_made_square_where_they_are_not_and_that_is_said(tmp_path):
    path = save(image(numbered(), spacing=(0.5, 0.5, 2.0)), tmp_path / "a.nrrd")
    info, frames = play(path, axis="coronal")
    assert (len(frames), frames[0].size, frames[0].spacing_mm) == (7, (20, 9), (0.5, 0.5))
    assert frames[0].plane.origin_mm == pytest.approx((-10, 20, 38.75))
    assert "stretched to square pixels" in info.warnings[-1]
    assert frames[0].image.dtype == np.int16


def test_stored_shows_the_axes_of_the_file(tmp_path):
    path = save(image(numbered(), direction=[[0, 0, 1], [1, 0, 0], [0, 1, 0]]), tmp_path / "a.nrrd")
    info, frames = play(path, axis="stored")
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), numbered().transpose(2, 1, 0))
    assert info.detail.startswith("as stored;")
    assert frames[0].spacing_mm == pytest.approx((0.75, 0.5))


def test_a_slab_is_the_mean_of_its_slices_in_their_middle(tmp_path):
    path = save(image(numbered(), spacing=(0.5, 0.5, 2.0)), tmp_path / "a.mha")
    info, frames = play(path, slab_mm=4)
    stack = numbered().transpose(2, 1, 0).astype(float)
    expected = [stack[:2].mean(0), stack[2:4].mean(0), stack[4]]
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), np.rint(expected))
    assert [frame.position_mm for frame in frames] == pytest.approx([31, 35, 38])
    assert [frame.plane.thickness_mm for frame in frames] == pytest.approx([4, 4, 2])
    assert info.frame_count == 3
    assert "means of 2 (4 mm)" in info.detail
    assert len(play(path, slab_mm=0.1)[1]) == 5


def test_a_volume_that_lies_askew_is_shown_along_its_own_axes_and_that_is_said(tmp_path):
    path = save(image(numbered(), spacing=(0.5, 0.5, 2.0), direction=turned(18.5)), tmp_path / "a.mha")
    info, frames = play(path)
    assert "askew in the patient, by 18.5 degrees" in info.warnings[-1]
    np.testing.assert_allclose(np.diff([frame.position_mm for frame in frames]), 2)


def test_a_sheared_volume_says_where_its_pictures_are_distorted(tmp_path):
    affine = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine[1, 2] = 0.5
    nibabel.Nifti1Image(numbered(), affine).to_filename(tmp_path / "a.nii")
    for axis, said in (
        ("axial", "stacked 26.6 degrees off"),
        ("sagittal", "rows and columns of this view are 26.6 degrees off"),
    ):
        assert any(said in warning for warning in play(tmp_path / "a.nii", axis=axis)[0].warnings)


def test_without_directions_a_volume_is_shown_as_stored_and_that_is_said(tmp_path):
    nibabel.Nifti1Image(numbered(), None).to_filename(tmp_path / "a.nii")
    info, frames = play(tmp_path / "a.nii")
    assert frames[0].plane is frames[0].position_mm is None
    assert frames[0].spacing_mm == (1, 1)
    assert any("does not say where left, front and head are" in warning for warning in info.warnings)
    with pytest.raises(SettingsError, match="no coronal view; use --axis stored"):
        play(tmp_path / "a.nii", axis="coronal")


def test_without_spacing_there_are_no_millimetres_and_that_is_said(tmp_path):
    path = save(image(numbered()), tmp_path / "a.mha")
    path.write_bytes(path.read_bytes().replace(b"ElementSpacing", b"SomethingOther"))
    info, frames = play(path)
    assert frames[0].spacing_mm is None
    assert any("measurements are in pixels" in warning for warning in info.warnings)
    with pytest.raises(SettingsError, match="how far apart its slices are; leave out --slab"):
        play(path, slab_mm=5)


def test_of_several_volumes_in_one_file_one_is_played(tmp_path):
    voxels = np.stack([numbered(), numbered() + 5], axis=3)
    nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 1.0, 1.0])).to_filename(tmp_path / "a.nii")
    info, frames = play(tmp_path / "a.nii", series="2")
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), voxels[..., 1].transpose(2, 1, 0))
    assert "volume 2 of 2 is played; --series chooses" in info.warnings
    assert play(tmp_path / "a.nii")[1][0].image[0, 0] == -1000
    with pytest.raises(SettingsError, match="holds 2 volumes; there is no --series 3"):
        play(tmp_path / "a.nii", series="3")


def test_of_a_sequence_of_volumes_one_is_played(tmp_path):
    data = whole_file(tmp_path, ".mha")
    data = data.replace(b"NDims = 3", b"NDims = 4").replace(b"DimSize = 9 7 5", b"DimSize = 9 7 5 2")
    data = data.replace(b"ElementSpacing = 0.5 0.75 2", b"Kinds = domain domain domain list\nElementSpacing = 1 1 2 1")
    data = data.replace(b"Offset = -10 20 30", b"Offset = -10 20 30 0")
    data = data.replace(b"= 1 0 0 0 1 0 0 0 1", b"= 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1")
    other = (numbered() + 7).tobytes(order="F")
    info, frames = play(write(tmp_path / "a.seq.mha", data + other), series="2")
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), (numbered() + 7).transpose(2, 1, 0))
    assert info.detail.startswith("axial")
    assert frames[1].position_mm == pytest.approx(32)
