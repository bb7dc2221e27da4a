"""Intensities: the rules by which values become Hounsfield units or grey levels."""

from pathlib import Path

import numpy as np
import pytest

from streamseg.errors import SourceUnreadableError
from streamseg.volumes.intensities import judge
from streamseg.volumes.storage import Layout
from streamseg.volumes.stored import Stored


def stored(voxels, **told):
    return Stored("NIfTI", Layout(Path("a.nii"), voxels.shape, voxels.dtype), ("space",) * 3, **told)


def shown(values, **told):
    voxels = np.asarray(values).reshape(-1, 1, 1)
    found = judge(stored(voxels, **told), voxels)
    return found, found.shown(voxels[:, :, 0]).ravel().tolist()


def test_bytes_are_shown_as_they_are_and_copied():
    voxels = np.arange(8, dtype=np.uint8).reshape(2, 2, 2)
    found = judge(stored(voxels), voxels)
    picture = found.shown(voxels[:, :, 0])
    np.testing.assert_array_equal(picture, voxels[:, :, 0])
    assert not np.shares_memory(picture, voxels)
    assert (found.unit, found.warnings) == ("grey", ())


def test_values_as_low_as_air_are_hounsfield_units_and_that_is_said():
    found, picture = shown(np.array([-1024, 0, 3000], np.int16))
    assert (found.unit, picture) == ("hu", [-1024, 0, 3000])
    assert found.warnings == (
        "values as low as -1024 are taken for Hounsfield units of a CT; the file does not name them",
    )


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64, ">i2"])
def test_hounsfield_units_are_rounded_rescaled_and_kept_within_16_bits(dtype):
    found, picture = shown(np.array([0, 1024, 30000], dtype), rescale=(2.0, -1024.0), modality="CT")
    assert (found.unit, picture, found.warnings) == ("hu", [-1024, 1024, 32767], ())


def test_a_header_that_says_what_it_is_goes_before_the_values():
    assert shown(np.array([0, 40, 80], np.int16), modality="CT")[0].unit == "hu"
    assert shown(np.array([-4096, 0, 4095], np.int16), modality="MR")[0].unit == "grey"
    assert shown(np.array([-499, 0, 4095], np.int16))[0].unit == "grey"


def test_other_values_are_scaled_from_their_percentiles_and_that_is_said():
    values = np.arange(1001, dtype=np.uint16)
    found, picture = shown(values)
    assert found.levels == pytest.approx((5, 995))
    assert (picture[0], picture[5], picture[500], picture[995], picture[1000]) == (0, 0, 128, 255, 255)
    assert found.warnings == (
        "uint16 values from 5 to 995 are shown as black to white, its 0.5th and 99.5th percentile",
    )


def test_what_the_header_says_is_to_be_shown_goes_before_percentiles():
    found, picture = shown(np.arange(1001, dtype=np.float32), display_range=(100.0, 300.0))
    assert (picture[100], picture[200], picture[300]) == (0, 128, 255)
    assert "as its header says" in found.warnings[0]


@pytest.mark.parametrize("level", [0.0, 7.0, 1e30, -3.0])
def test_a_volume_of_one_value_is_shown_and_not_divided_by_nothing(level):
    assert set(shown(np.full(9, level, np.float32))[1]) <= {0, 255}


def test_a_mask_is_black_and_white():
    assert shown(np.array([False, True]))[1] == [0, 255]
    assert shown(np.array([0] * 999 + [1], np.uint16))[1][-1] == 255


def test_values_that_are_no_numbers_are_black_or_air_and_that_is_said():
    found, picture = shown(np.array([np.nan, np.inf, -np.inf, *range(100)], np.float32))
    assert picture[:3] == [0, 255, 0]
    assert "no finite numbers" in found.warnings[-1]
    found, picture = shown(np.array([np.nan, np.inf, -1000, 40.4], np.float32))
    assert picture == [-1024, 32767, -1000, 40]
    assert "shown as air" in found.warnings[-1]


def test_colours_of_bytes_are_shown_as_they_are():
    voxels = np.arange(24, dtype=np.uint8).reshape(2, 4, 1, 3)
    np.testing.assert_array_equal(judge(stored(voxels), voxels).shown(voxels[:, :, 0]), voxels[:, :, 0])


@pytest.mark.parametrize(
    ("voxels", "said"),
    [
        (np.full((2, 2, 2), np.nan, np.float32), "no value of a.nii is a finite number"),
        (np.zeros((2, 2, 2), np.complex64), "complex64"),
    ],
)
def test_what_cannot_be_shown_is_refused(voxels, said):
    with pytest.raises(SourceUnreadableError, match=said):
        judge(stored(voxels), voxels)


def test_a_big_volume_is_looked_at_in_some_of_its_slices_and_rows():
    voxels = np.zeros((600, 600, 40), np.int16)
    voxels[:, :, -1] = -1000
    assert judge(stored(voxels), voxels).unit == "hu"
