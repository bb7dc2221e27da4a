"""Volumes and sequences as streams: which pictures, in which order and direction, with which values and places."""

import nibabel
import numpy as np
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg import registry
from streamseg.errors import MissingDependencyError
from streamseg.settings import SourceSettings
from streamseg.sources import dicom
from tests.support.volume_files import image, numbered, pictures, play, save, volume_file

SUFFIXES = [".nii", ".nii.gz", ".mha", ".mhd", ".nrrd", ".nhdr"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_ct_is_played_from_foot_to_head_in_hounsfield_units_whatever_it_is_stored_as(tmp_path, suffix):
    voxels = numbered()
    info, frames = play(save(image(voxels, spacing=(0.5, 0.5, 2.0)), tmp_path / f"head{suffix}"))
    assert registry.find_source(str(tmp_path / f"head{suffix}"))[0].name == info.kind == "volume"
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), voxels.transpose(2, 1, 0))
    assert {(frame.unit, frame.modality) for frame in frames} == {("hu", "CT")}
    assert frames[0].spacing_mm == pytest.approx((0.5, 0.5))
    assert [frame.position_mm for frame in frames] == pytest.approx([30, 32, 34, 36, 38])
    assert frames[1].plane.origin_mm == pytest.approx((-10, 20, 32))
    assert (frames[1].plane.across, frames[1].plane.down) == ((1, 0, 0), (0, 1, 0))
    assert [frame.media_time_ns for frame in frames[:3]] == [0, 100_000_000, 200_000_000]
    assert (info.frame_count, info.size, info.rate_hz) == (5, (7, 9), 10)
    assert info.detail.startswith("axial, patient's right on the left, front at the top; 5 slices 2 mm apart")


@settings(max_examples=25)
@given(
    st.permutations(range(3)),
    st.tuples(*[st.sampled_from([1, -1])] * 3),
    st.sampled_from(["axial", "coronal", "sagittal"]),
    st.sampled_from([".nii", ".mha", ".nrrd"]),
)
def test_all_ways_to_store_a_volume_play_alike(tmp_path_factory, order, signs, axis, suffix):
    """48 orders and directions of its axes; what is shown does not depend on them."""
    folder = tmp_path_factory.mktemp("ways")
    plain = image(numbered(), spacing=(1, 1, 1))
    directions = np.eye(3)[:, order] * signs
    origin = [
        plain.TransformIndexToPhysicalPoint(
            [size - 1 if (directions[own] < 0).any() else 0 for size in plain.GetSize()]
        )[own]
        for own in range(3)
    ]
    voxels = numbered().transpose(order)[tuple(slice(None, None, sign) for sign in signs)]
    stored = image(voxels, spacing=(1, 1, 1), origin=origin, direction=directions)
    _, expected = play(save(plain, folder / "plain.mha"), axis=axis)
    _, found = play(save(stored, folder / f"stored{suffix}"), axis=axis)
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one.image, other.image)
        np.testing.assert_allclose(one.plane.origin_mm, other.plane.origin_mm, atol=1e-4)
        assert one.position_mm == pytest.approx(other.position_mm, abs=1e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.float32, np.float64, np.int64])
@pytest.mark.parametrize("suffix", [".nii.gz", ".mha", ".nrrd"])
def test_values_of_every_type_are_those_that_simpleitk_reads(tmp_path, suffix, dtype):
    is_byte = dtype == np.uint8
    unsigned = np.dtype(dtype).kind == "u"
    path = save(image(numbered((6, 5, 4), dtype, lowest=0 if unsigned else -600)), tmp_path / f"a{suffix}")
    expected = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    shown = pictures(path, axis="stored")
    if unsigned and not is_byte:
        low, high = np.percentile(expected, (0.5, 99.5))
        expected = np.rint(np.clip((expected - low) / (high - low), 0, 1) * 255)
    np.testing.assert_array_equal(shown, expected)


@pytest.mark.parametrize("suffix", [".nii", ".mha", ".nrrd"])
def test_colours_stay_colours(tmp_path, suffix):
    colours = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    save(SimpleITK.GetImageFromArray(colours, isVector=True), tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(pictures(tmp_path / f"a{suffix}"), colours)


def test_the_rate_can_be_chosen(tmp_path):
    info, frames = play(volume_file(tmp_path / "a.mha"), rate_hz=4)
    assert (info.rate_hz, frames[2].media_time_ns) == (4, 500_000_000)


def test_the_real_head_plays_from_a_volume_as_from_its_dicom_files(shared_data, tmp_path):
    with dicom.create(str(shared_data / "ct" / "ge_head"), SourceSettings()) as source:
        expected = list(source)[:14]  # of one thickness
    first = expected[0]
    axes = np.array([first.plane.across, first.plane.down])
    normal = np.cross(*axes)
    step = np.subtract(expected[1].plane.origin_mm, first.plane.origin_mm)
    made = SimpleITK.GetImageFromArray(np.stack([frame.image for frame in expected]))
    made.SetSpacing((first.spacing_mm[1], first.spacing_mm[0], float(normal @ step)))
    made.SetOrigin(first.plane.origin_mm)
    made.SetDirection(np.stack([*axes, normal], axis=1).ravel().tolist())
    for path, stored in (
        (tmp_path / "a.nii.gz", SimpleITK.DICOMOrient(made, "RAS")),
        (tmp_path / "b.mha", SimpleITK.DICOMOrient(made, "PIL")),
        (tmp_path / "c.nrrd", made),
    ):
        _, frames = play(save(stored, path))
        for frame, wanted in zip(frames, expected, strict=True):
            np.testing.assert_array_equal(frame.image, wanted.image)
            assert (frame.unit, frame.modality) == ("hu", "CT")
            assert frame.spacing_mm == pytest.approx(wanted.spacing_mm, abs=1e-6)
            assert frame.position_mm == pytest.approx(wanted.position_mm, abs=1e-3)
            np.testing.assert_allclose(frame.plane.down, wanted.plane.down, atol=1e-6)
    affine = np.eye(4)
    affine[:3] = np.stack(
        [axes[0] * first.spacing_mm[1], axes[1] * first.spacing_mm[0], step, first.plane.origin_mm], axis=1
    )
    voxels = np.stack([frame.image for frame in expected], axis=2).transpose(1, 0, 2)
    nibabel.Nifti1Image(voxels, np.diag([-1, -1, 1, 1]) @ affine).to_filename(tmp_path / "tilted.nii")
    info, frames = play(tmp_path / "tilted.nii")
    assert any("18.5 degrees" in warning for warning in info.warnings)
    for frame, wanted in zip(frames, expected, strict=True):
        np.testing.assert_array_equal(frame.image, wanted.image)
        np.testing.assert_allclose(frame.plane.origin_mm, wanted.plane.origin_mm, atol=1e-3)
        assert frame.position_mm == pytest.approx(wanted.position_mm, abs=1e-3)


@pytest.mark.parametrize(
    ("name", "rate_hz", "code"),
    [
        ("BoneUltrasound_L14.igs.mha", 11.634475, "MF"),
        ("UltrasonixCurvilinearScanConvertedData.igs.mha", 3.846154, "MFA"),
        ("NwirePhantomFreehand.igs.nrrd", 9.453418, "MFA"),
    ],
)
def test_a_real_sequence_plays_at_its_times_with_the_values_that_simpleitk_reads(shared_data, name, rate_hz, code):
    path = shared_data / "us" / "cine" / name
    info, frames = play(path)
    itk = SimpleITK.ReadImage(str(path))
    expected = SimpleITK.GetArrayFromImage(itk)
    # SimpleITK takes the frames of an NRRD sequence for the parts of one picture.
    expected = np.ascontiguousarray(np.moveaxis(expected, -1, 0)) if itk.GetDimension() == 2 else expected
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), expected)
    stamps = [float(itk.GetMetaData(f"Seq_Frame{number:04}_Timestamp")) for number in range(len(frames))]
    np.testing.assert_allclose(
        [frame.media_time_ns / 1e9 for frame in frames], np.subtract(stamps, stamps[0]), atol=1e-6
    )
    assert info.rate_hz == pytest.approx(rate_hz)
    assert f"{len(expected)} frames" in info.detail
    assert f"{code} at" in info.detail
    # 1 mm for each of 820x616 pixels is what PLUS writes where it does not know.
    assert set(itk.GetSpacing()) == {1.0}
    assert {(frame.spacing_mm, frame.plane, frame.modality) for frame in frames} == {(None, None, "US")}


def test_without_the_extra_the_command_that_adds_it_is_said(monkeypatch):
    plugin = registry.find("sources", "volume")
    monkeypatch.setattr(registry.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'streamseg\[volumes\]'"):
        plugin.load()
