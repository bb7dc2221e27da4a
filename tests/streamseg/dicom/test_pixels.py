"""From stored values to Hounsfield units and display levels."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_windowing, pixel_array
from pydicom.uid import MPEG4HP41

from streamseg.dicom.apart import Apart
from streamseg.dicom.finding import find_series
from streamseg.dicom.pixels import check_syntaxes, display_levels, stored_values, to_display, to_hounsfield
from streamseg.dicom.stack import arrange
from streamseg.errors import SourceUnreadableError
from tests.support.dicom_files import dataset, save


def picture_of(path):
    return arrange(find_series(str(path)).series[0].headers).slices[0]


def shown(path):
    picture = picture_of(path)
    values = stored_values(picture, Apart())
    return to_display(picture, values, display_levels(picture, values))


@settings(deadline=None)
@given(arrays.arrays(np.int16, (4, 5)), st.floats(0.01, 4).map(lambda slope: round(slope, 3)), st.integers(-2000, 2000))
def test_hounsfield_units_are_slope_times_value_plus_intercept_within_half_a_unit(values, slope, intercept):
    expected = np.clip(values.astype(np.float64) * slope + intercept, -32768, 32767)
    np.testing.assert_allclose(to_hounsfield(values, (slope, float(intercept))), expected, atol=0.5)


def test_values_beyond_16_bits_are_held_at_the_ends_and_do_not_wrap_around():
    ends = np.array([[0, 65535]], np.uint16)
    np.testing.assert_array_equal(to_hounsfield(ends, (1.0, -1024.0)), [[-1024, 32767]])
    np.testing.assert_array_equal(to_hounsfield(-ends.astype(np.int32), (2.0, 0.0)), [[0, -32768]])


@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT"])
def test_a_window_is_that_of_the_standard_as_pydicom_applies_it(tmp_path, function):
    values = np.arange(-600, 600, dtype=np.int16).reshape(30, 40)
    data = dataset(values, modality="MR", WindowCenter=50, WindowWidth=301, VOILUTFunction=function)
    expected = apply_windowing(values, data)
    low, high = float(expected.min()), float(expected.max())
    picture = shown(save(data, tmp_path / "a.dcm"))
    np.testing.assert_allclose(picture, (expected - low) / (high - low) * 255, atol=0.51)


def test_without_a_window_the_darkest_and_brightest_value_are_black_and_white(tmp_path):
    values = np.linspace(300, 900, 48).astype(np.int16).reshape(6, 8)
    picture = shown(save(dataset(values, modality="MR"), tmp_path / "a.dcm"))
    assert (picture.min(), picture.max()) == (0, 255)


def test_a_picture_of_one_value_is_black_and_divides_by_nothing(tmp_path):
    picture = shown(save(dataset(np.full((4, 4), 7, np.int16), modality="MR"), tmp_path / "a.dcm"))
    assert not picture.any()


def test_8_bit_ultrasound_without_a_window_stays_as_it_is(tmp_path):
    values = np.arange(48, dtype=np.uint8).reshape(6, 8)
    np.testing.assert_array_equal(shown(save(dataset(values, modality="US"), tmp_path / "a.dcm")), values)


def test_colours_of_16_bits_keep_their_high_8():
    path = get_testdata_file("SC_rgb_rle_16bit.dcm", download=False)
    np.testing.assert_array_equal(shown(path), pixel_array(path) >> 8)


def test_a_palette_that_holds_8_bits_in_entries_of_16_is_not_made_black(tmp_path):
    ramp = np.arange(256, dtype=np.uint16)
    elements = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour, entries in (("Red", ramp), ("Green", ramp[::-1]), ("Blue", ramp)):
        elements[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        elements[f"{colour}PaletteColorLookupTableData"] = entries.tobytes()
    values = np.arange(48, dtype=np.uint8).reshape(6, 8)
    picture = shown(save(dataset(values, modality="US", **elements), tmp_path / "a.dcm"))
    np.testing.assert_array_equal(picture, np.dstack([values, 255 - values, values]))


def test_a_file_that_is_deflated_as_a_whole_is_read():
    path = get_testdata_file("image_dfl.dcm", download=False)
    assert shown(path).shape == (512, 512)


def test_video_inside_dicom_is_refused_before_the_first_frame(tmp_path):
    picture = picture_of(save(dataset(np.zeros((3, 4, 4), np.uint8), modality="US"), tmp_path / "a.dcm"))
    film = replace(picture, header=replace(picture.header, syntax=MPEG4HP41))
    with pytest.raises(SourceUnreadableError, match=r"a\.dcm is stored as MPEG-4.*which is not decoded here"):
        check_syntaxes([film])
