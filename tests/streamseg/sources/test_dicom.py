"""DICOM as a stream: which pictures, in which order, at which time, with which values."""

import logging

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels import apply_color_lut, pixel_array
from pydicom.uid import JPEGLSLossless

from streamseg.errors import MissingDependencyError, SettingsError, SourceError, SourceLostError, SourceUnreadableError
from streamseg.geometry import Box
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import IDENTIFIERS, cine, ct_slice, dataset, enhanced_ct, region, save


def play(location, **settings):
    with create(str(location), SourceSettings(**settings)) as source:
        return source.info, list(source)


def bundled(name):
    return get_testdata_file(name, download=False)


def test_slices_are_played_in_hounsfield_units_from_foot_to_head_whatever_their_files_are_called(tmp_path):
    for name, z_mm in (("a", 30), ("b", 10), ("c", 20)):
        ct_slice(tmp_path / "deep" / f"{name}.dcm", z_mm=z_mm, level=z_mm)
    info, frames = play(tmp_path)
    assert [frame.image[1, 1] for frame in frames] == [10, 20, 30]
    assert [frame.position_mm for frame in frames] == [10, 20, 30]
    assert {(frame.unit, frame.modality, frame.spacing_mm) for frame in frames} == {("hu", "CT", (0.5, 0.25))}
    assert [frame.media_time_ns for frame in frames] == [0, 100_000_000, 200_000_000]
    assert (info.frame_count, info.size, info.warnings) == (3, (16, 24), ())


def test_the_rate_of_a_stack_can_be_chosen_and_that_of_a_cine_cannot(tmp_path):
    for z_mm in range(3):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    info, frames = play(tmp_path, rate_hz=4)
    assert (info.rate_hz, frames[-1].media_time_ns) == (4, 500_000_000)
    info, _ = play(cine(tmp_path / "us" / "cine.dcm", FrameTime=20), rate_hz=4)
    assert info.rate_hz == 50
    assert any("--rate is for stacks" in warning for warning in info.warnings)


def test_directions_and_slabs_are_for_volumes_and_that_is_said(tmp_path):
    ct_slice(tmp_path / "1.dcm")
    assert play(tmp_path)[0].warnings == ()
    for asked in ({"axis": "coronal"}, {"slab_mm": 5}):
        assert "--axis and --slab are for volumes" in play(tmp_path, **asked)[0].warnings[-1]


def test_the_real_head_plays_in_order_with_the_values_that_pydicom_reads(shared_data):
    folder = shared_data / "ct" / "ge_head"
    info, frames = play(folder)
    assert info.frame_count == len(frames) == 28
    for number, frame in enumerate(frames, start=1):
        data = pydicom.dcmread(folder / f"{number:02}.dcm")
        expected = data.pixel_array * float(data.RescaleSlope) + float(data.RescaleIntercept)
        np.testing.assert_array_equal(frame.image, expected)
        assert frame.spacing_mm == pytest.approx(list(data.PixelSpacing))
        assert frame.plane.origin_mm == tuple(data.ImagePositionPatient)
        assert (*frame.plane.across, *frame.plane.down) == tuple(data.ImageOrientationPatient)
        assert frame.plane.thickness_mm == data.SliceThickness
    steps_mm = np.diff([frame.position_mm for frame in frames])
    np.testing.assert_allclose(steps_mm[:13], 4.22 * 0.9483237, atol=1e-4)
    np.testing.assert_allclose(steps_mm[14:], 7.38 * 0.9483237, atol=1e-4)
    assert "tilted by 18.5 degrees" in info.warnings[0]
    assert "14 slices of 4 mm and 14 slices of 7 mm" in info.warnings[1]


@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")  # of the test's own reading
@pytest.mark.parametrize(
    "name", ["IM00001.implicit_little_endian.dcm", "IM00001.fragmented_no_bot_jpeg_baseline.50.dcm"]
)
def test_a_real_cine_plays_at_its_times_with_the_values_that_pydicom_reads(shared_data, name):
    path = shared_data / "us" / "cine" / name
    info, frames = play(path)
    np.testing.assert_array_equal(np.stack([frame.image for frame in frames]), pixel_array(path))
    times_ms = [frame.media_time_ns / 1e6 for frame in frames]
    np.testing.assert_allclose(np.diff(times_ms), [50, 33.333, 50, 50, 50, 33.333, 43.333], atol=1e-5)
    assert frames[0].spacing_mm == pytest.approx((2.29375, 2.29375), abs=1e-6)
    assert frames[0].scan_region == Box(16, 0, 202, 320)
    assert frames[0].modality == "US"
    assert any("colour Doppler" in warning for warning in info.warnings)
    assert any("463 mm high" in warning for warning in info.warnings)


def test_the_echo_cine_that_comes_with_pydicom_plays_with_the_values_that_pydicom_reads():
    info, frames = play(bundled("examples_ybr_color.dcm"))
    np.testing.assert_array_equal(
        np.stack([frame.image for frame in frames]), pixel_array(bundled("examples_ybr_color.dcm"))
    )
    assert len(frames) == info.frame_count == 30
    np.testing.assert_allclose(np.diff([frame.media_time_ns for frame in frames]), 33_333_000)
    # It was made smaller after its region was written, so that the scale of its header is false by a factor of two.
    assert frames[0].spacing_mm is None
    assert any("resized afterwards" in warning for warning in info.warnings)


def test_a_palette_becomes_the_colours_that_pydicom_makes_of_it():
    path = bundled("examples_palette.dcm")
    _, (frame,) = play(path)
    data = pydicom.dcmread(path)
    np.testing.assert_array_equal(frame.image, apply_color_lut(data.pixel_array, data) >> 8)


@pytest.mark.parametrize(
    "name",
    [
        "examples_rgb_color.dcm",
        "examples_jpeg2k.dcm",
        "SC_ybr_full_422_uncompressed.dcm",
        "SC_rgb_rle.dcm",
        "SC_rgb_dcmtk_+eb+cy+np.dcm",
        "ExplVR_BigEnd.dcm",
    ],
)
def test_colours_are_those_that_pydicom_decodes(name):
    _, frames = play(bundled(name))
    np.testing.assert_array_equal(frames[0].image, pixel_array(bundled(name), index=0))


def test_what_is_neither_ct_nor_8_bits_deep_is_shown_through_the_window_of_its_header():
    _, (frame,) = play(bundled("MR_small.dcm"))
    stored = pixel_array(bundled("MR_small.dcm")).astype(float)
    expected = ((stored - 599.5) / 1599 + 0.5) * 255  # centre 600, width 1600, PS3.3 C.11.2.1.2.1
    np.testing.assert_allclose(frame.image, np.clip(expected, 0, 255), atol=0.501)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("MR_small_jpeg_ls_lossless.dcm", id="JPEG-LS"),
        pytest.param("MR_small_jp2klossless.dcm", id="JPEG 2000"),
        pytest.param("MR_small_RLE.dcm", id="RLE"),
        pytest.param("MR_small_bigendian.dcm", id="big endian"),
    ],
)
def test_one_picture_is_the_same_however_it_is_stored(name):
    if "jpeg_ls" in name:
        pytest.importorskip("gdcm", exc_type=ImportError, reason="JPEG-LS needs the extra 'dicom'")
    _, (plain,) = play(bundled("MR_small.dcm"))
    _, (stored,) = play(bundled(name))
    np.testing.assert_array_equal(stored.image, plain.image)


def test_lossless_jpeg_is_decoded_with_the_extra():
    pytest.importorskip("gdcm", exc_type=ImportError, reason="lossless JPEG needs the extra 'dicom'")
    _, (frame,) = play(bundled("SC_rgb_jpeg_gdcm.dcm"))
    _, (plain,) = play(bundled("SC_rgb_rle.dcm"))
    np.testing.assert_array_equal(frame.image, plain.image)


def test_a_compression_without_its_plugin_says_what_to_install(monkeypatch):
    from streamseg.dicom import compression

    class Decoder:
        is_available = False
        missing_dependencies = ("gdcm - requires gdcm>=3.0.10",)

    monkeypatch.setattr(compression, "get_decoder", lambda syntax: {JPEGLSLossless: Decoder}[syntax])
    with pytest.raises(MissingDependencyError, match=r"JPEG-LS Lossless.*pip install 'streamseg\[dicom\]'"):
        play(bundled("MR_small_jpeg_ls_lossless.dcm"))


def test_monochrome1_is_turned_so_that_high_is_bright(tmp_path):
    pixels = np.arange(48, dtype=np.uint8).reshape(6, 8)
    _, (frame,) = play(
        save(dataset(pixels, modality="US", PhotometricInterpretation="MONOCHROME1"), tmp_path / "one.dcm")
    )
    np.testing.assert_array_equal(frame.image, 255 - pixels)


def test_an_enhanced_ct_is_played_by_position_and_not_in_the_order_of_its_file(tmp_path):
    info, frames = play(enhanced_ct(tmp_path / "enhanced.dcm", [30, 10, 20]))
    assert [frame.image[0, 0] for frame in frames] == [1, 2, 0]
    assert [frame.position_mm for frame in frames] == [10, 20, 30]
    assert frames[0].spacing_mm == (0.5, 0.25)
    assert info.detail.startswith("CT axial 24x16, 3 slices")


def test_ct_without_a_rescale_is_grey_and_says_so(tmp_path):
    info, (frame,) = play(ct_slice(tmp_path / "a.dcm", RescaleSlope=None, RescaleIntercept=None))
    assert (frame.unit, frame.image.min(), frame.image.max()) == ("grey", 0, 255)
    assert any("Hounsfield" in warning for warning in info.warnings)


def test_the_region_of_the_header_is_where_the_scan_is_and_gives_its_scale(tmp_path):
    path = cine(tmp_path / "a.dcm", FrameTime=40, SequenceOfUltrasoundRegions=[region(4, 6, 43, 57, cm=(0.02, 0.01))])
    info, frames = play(path)
    assert frames[0].scan_region == Box(4, 6, 40, 52)
    assert frames[0].spacing_mm == pytest.approx((0.2, 0.1))
    assert info.warnings == ()


def test_one_broken_slice_among_good_ones_is_left_out_and_said(tmp_path, caplog):
    for z_mm in range(5):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm, level=z_mm)
    broken = tmp_path / "2.dcm"
    broken.write_bytes(broken.read_bytes()[:-100])
    with caplog.at_level(logging.WARNING):
        _, frames = play(tmp_path)
    assert [frame.index for frame in frames] == [0, 1, 3, 4]
    assert [frame.image[1, 1] for frame in frames] == [0, 1, 3, 4]
    assert "picture 2 is left out" in caplog.text


def test_a_cine_that_is_cut_short_plays_what_is_whole_and_then_says_so(tmp_path):
    path = cine(tmp_path / "cut.dcm", FrameTime=40)
    path.write_bytes(path.read_bytes()[: -2 * 48 * 64 * 3 + 10])
    with create(str(path), SourceSettings()) as source:
        assert [next(source).image[0, 0, 0] for _ in range(3)] == [0, 10, 20]
        with pytest.raises(SourceLostError, match="ends after 3 of 5"):
            next(source)


def test_a_number_that_is_none_counts_as_missing_and_is_not_repeated(tmp_path, recwarn):
    path = cine(tmp_path / "a.dcm", FrameTime=40)
    path.write_bytes(path.read_bytes().replace(b"DS\x04\x0040.0", b"DS\x04\x00Jane"))
    info, frames = play(path)
    assert len(frames) == 5
    assert any("says no frame time" in warning for warning in info.warnings)
    assert "Jane" not in f"{info}{[str(each.message) for each in recwarn]}"


def test_a_series_with_no_whole_picture_is_unreadable(tmp_path):
    path = ct_slice(tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(SourceUnreadableError, match=r"picture 0 of a\.dcm cannot be decoded"):
        play(tmp_path)


def test_of_several_series_the_longest_is_played_unless_another_is_chosen(tmp_path):
    ct_slice(tmp_path / "scout.dcm", series="1.9", level=7)
    for z_mm in range(3):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    info, frames = play(tmp_path)
    assert len(frames) == 3
    assert "of 2 is played" in info.warnings[0]
    assert len(play(tmp_path, series="2")[1]) == 1
    with pytest.raises(SettingsError, match="there are 1 to 2"):
        play(tmp_path, series="3")


@pytest.mark.parametrize("rotten", [b"", b"\0" * 128 + b"DICM", b"\0" * 128 + b"DICM" + b"\xff" * 300, b"text"])
def test_what_is_no_dicom_is_one_clear_line(tmp_path, rotten):
    path = tmp_path / "a.dcm"
    path.write_bytes(rotten)
    with pytest.raises(SourceError) as failure:
        create(str(path), SourceSettings())
    assert "\n" not in str(failure.value)
    assert "a.dcm" in str(failure.value)


def test_nothing_that_names_a_patient_is_read_or_said(tmp_path, caplog):
    for z_mm in range(3):
        ct_slice(tmp_path / f"{z_mm}.dcm", z_mm=z_mm)
    (tmp_path / "1.dcm").write_bytes((tmp_path / "1.dcm").read_bytes()[:-9])
    with caplog.at_level(logging.DEBUG):
        info, _ = play(tmp_path)
    for identifier in (*IDENTIFIERS, "1.2.3"):
        assert identifier not in f"{info}{caplog.text}"
