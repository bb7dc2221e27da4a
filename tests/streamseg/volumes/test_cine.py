"""Sequences as they are played: in their time, upright, placed, without the frames that are none."""

import nibabel
import numpy as np
import pytest

from streamseg.errors import SourceUnreadableError
from tests.support.volume_files import numbered, pictures, play, sequence_file


def test_a_tracked_sequence_says_how_large_its_pixels_are_and_where_each_frame_lies(tmp_path):
    places = [f"0 0 0.2 {10 * number} 0.1 0 0 5 0 0.3 0 7 0 0 0 1" for number in range(3)]
    path = sequence_file(
        tmp_path / "a.igs.mha",
        count=3,
        ImageToReferenceTransform=places,
        ImageToReferenceTransformStatus=["OK", "INVALID", "OK"],
    )
    info, frames = play(path)
    assert frames[0].spacing_mm == pytest.approx((0.3, 0.1))
    assert frames[2].plane.origin_mm == (20, 5, 7)
    assert (frames[2].plane.across, frames[2].plane.down) == ((0, 1, 0), (0, 0, 1))
    assert frames[1].plane is None
    assert "where frames lie is taken from ImageToReference; it is not valid in 1 of 3 frames" in info.warnings


def test_frames_stored_upside_down_are_shown_upright(tmp_path):
    frames = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
    info, found = play(sequence_file(tmp_path / "a.igs.mha", frames=frames, orientation="UN"))
    np.testing.assert_array_equal(found[1].image, frames[1, ::-1, ::-1])
    assert any("stored as UN" in warning for warning in info.warnings)
    _, found = play(sequence_file(tmp_path / "b.igs.mha", frames=frames, orientation="FM"))
    np.testing.assert_array_equal(found[1].image, frames[1].T)


def test_a_sequence_in_colour_stays_in_colour(tmp_path):
    frames = np.arange(2 * 3 * 4 * 3, dtype=np.uint8).reshape(2, 3, 4, 3)
    np.testing.assert_array_equal(pictures(sequence_file(tmp_path / "a.igs.mha", frames=frames)), frames)


def test_frames_that_hold_no_picture_are_left_out_and_that_is_said(tmp_path):
    path = sequence_file(tmp_path / "a.igs.mha", count=4, ImageStatus=["OK", "INVALID", "OK", "OK"])
    info, frames = play(path)
    assert [frame.image[0, 0] for frame in frames] == [0, 20, 30]
    assert [frame.media_time_ns for frame in frames] == [0, 80_000_000, 120_000_000]
    assert "left out: 1" in info.warnings[0]


def test_a_sequence_without_times_is_played_at_the_rate_asked_for_and_that_is_said(tmp_path):
    info, frames = play(sequence_file(tmp_path / "a.igs.mha", times_s=[5, 4, 3, 2, 1]), rate_hz=20)
    assert (info.rate_hz, frames[1].media_time_ns) == (20, 50_000_000)
    assert any("do not grow; its frames are played at 20 per second" in warning for warning in info.warnings)


def test_what_is_asked_of_a_sequence_in_vain_is_said(tmp_path):
    path = sequence_file(tmp_path / "a.igs.mha")
    warnings = play(path, rate_hz=5, axis="coronal", size="64x48")[0].warnings
    for said in ("--rate is for volumes", "--axis and --slab are for volumes", "--size and --pixel-format"):
        assert any(said in warning for warning in warnings)


def test_pictures_in_time_are_played_as_a_sequence(tmp_path):
    voxels = numbered((9, 7, 1, 4), np.uint8, lowest=0)
    nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 1.0, 1.0])).to_filename(tmp_path / "a.nii")
    info, frames = play(tmp_path / "a.nii", rate_hz=20)
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), voxels[:, :, 0].transpose(2, 1, 0))
    assert info.rate_hz == 20
    assert any("says no times" in warning for warning in info.warnings)


def test_a_sequence_that_says_how_large_its_pixels_are_is_believed(tmp_path):
    path = sequence_file(tmp_path / "a.igs.mha", frames=np.zeros((2, 3, 4), np.uint8), orientation="FM")
    path.write_bytes(path.read_bytes().replace(b"ElementSpacing = 1 1 1", b"ElementSpacing = 0.2 0.5 1"))
    # Stored with rows and columns exchanged.
    assert play(path)[1][0].spacing_mm == (0.2, 0.5)


def test_lines_of_radio_frequency_are_refused(tmp_path):
    path = sequence_file(tmp_path / "a.igs.mha")
    path.write_bytes(path.read_bytes().replace(b"BRIGHTNESS", b"RF_REAL"))
    with pytest.raises(SourceUnreadableError, match="radio-frequency"):
        play(path)


def test_a_sequence_without_any_picture_is_refused(tmp_path):
    with pytest.raises(SourceUnreadableError, match="all are marked as invalid"):
        play(sequence_file(tmp_path / "a.igs.mha", ImageStatus="INVALID"))
