"""What headers say and how it is read: byte order, rescale, units, modality, directions."""

import nibabel
import numpy as np
import pytest

from tests.support.volume_files import image, numbered, pictures, play, save, whole_file, write


def test_values_in_the_other_byte_order_are_read_as_such(tmp_path):
    path = tmp_path / "a.nii"
    swapped = nibabel.Nifti1Image(numbered(), np.diag([-1.0, -1.0, 1.0, 1.0])).header.as_byteswapped()
    made = nibabel.Nifti1Image(numbered(dtype=">i2"), np.diag([-1.0, -1.0, 1.0, 1.0]), header=swapped)
    made.to_filename(path)
    assert path.read_bytes()[:4] == b"\0\0\x01\x5c"
    np.testing.assert_array_equal(pictures(path), numbered().transpose(2, 1, 0))


@pytest.mark.parametrize(
    ("suffix", "little", "big"),
    [(".mha", b"ByteOrderMSB = False", b"ByteOrderMSB = True"), (".nrrd", b"endian: little", b"endian: big")],
)
def test_big_endian_values_are_read_as_such(tmp_path, suffix, little, big):
    data = whole_file(tmp_path, suffix)
    start = len(data) - numbered().nbytes
    values = np.frombuffer(data, "<i2", offset=start).astype(">i2").tobytes()
    assert little in data
    path = write(tmp_path / f"big{suffix}", data[:start].replace(little, big) + values)
    np.testing.assert_array_equal(pictures(path, axis="stored"), numbered().transpose(2, 1, 0))


@pytest.mark.parametrize(
    ("suffix", "before", "told"),
    [(".mha", b"ElementType", b"Modality = MET_MOD_CT\n"), (".nrrd", b"encoding", b"modality:=CT\n")],
)
def test_a_header_that_says_ct_makes_the_values_hounsfield_units(tmp_path, suffix, before, told):
    whole = save(image(numbered(lowest=0)), tmp_path / f"whole{suffix}").read_bytes()
    assert play(write(tmp_path / f"a{suffix}", whole))[1][0].unit == "grey"
    info, frames = play(write(tmp_path / f"b{suffix}", whole.replace(before, told + before, 1)))
    assert (frames[0].unit, frames[0].modality) == ("hu", "CT")
    assert not any("taken for" in warning for warning in info.warnings)


def test_nifti_is_rescaled_as_its_header_says(tmp_path):
    made = nibabel.Nifti2Image(numbered(lowest=0), np.diag([-1.0, -1.0, 1.0, 1.0]))
    made.header.set_slope_inter(2, -1024)
    made.to_filename(tmp_path / "a.nii")
    with (tmp_path / "a.nii").open("rb") as file:
        assert file.read(4) == b"\x1c\x02\0\0"
    expected = np.asarray(nibabel.load(tmp_path / "a.nii").dataobj)
    np.testing.assert_array_equal(pictures(tmp_path / "a.nii"), expected.transpose(2, 1, 0))


def test_nifti_in_metres_has_its_places_in_millimetres(tmp_path):
    made = nibabel.Nifti1Image(numbered(), np.diag([-0.001, -0.001, 0.002, 1.0]))
    made.header.set_xyzt_units("meter")
    made.to_filename(tmp_path / "a.nii")
    _, frames = play(tmp_path / "a.nii")
    assert frames[0].spacing_mm == pytest.approx((1, 1))
    assert frames[1].position_mm == pytest.approx(2)


def test_an_nrrd_that_says_spacings_only_has_these_and_no_directions(tmp_path):
    header = b"NRRD0004\ntype: uchar\ndimension: 3\nsizes: 9 7 5\nspacings: 0.5 0.75 2\nencoding: raw\n\n"
    values = numbered(dtype=np.uint8, lowest=0)
    info, frames = play(write(tmp_path / "a.nrrd", header + values.tobytes(order="F")), slab_mm=4)
    assert (frames[0].spacing_mm, frames[0].plane) == ((0.75, 0.5), None)
    assert "means of 2 (4 mm)" in info.detail


def test_an_nrrd_of_four_axes_in_space_has_its_last_one_in_time(tmp_path):
    header = b"NRRD0004\ntype: uchar\ndimension: 4\nsizes: 3 2 2 2\nencoding: raw\n\n"
    info, frames = play(write(tmp_path / "a.nrrd", header + bytes(range(24))), series="2")
    assert frames[0].image.tolist() == [[12, 13, 14], [15, 16, 17]]
    assert any("volume 2 of 2" in warning for warning in info.warnings)


def test_directions_that_are_none_are_not_believed(tmp_path):
    data = whole_file(
        tmp_path, ".mha", **{"TransformMatrix = 1 0 0 0 1 0 0 0 1": b"TransformMatrix = 1 0 0 1 0 0 0 0 1"}
    )
    for matrix in (b"1 0 0 1 0 0 0 0 1", b"1 0 0 0 nan 0 0 0 1"):
        path = write(tmp_path / "a.mha", data.replace(b"1 0 0 1 0 0 0 0 1", matrix))
        assert play(path)[1][0].plane is None
