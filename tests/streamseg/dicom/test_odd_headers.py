"""Headers that contradict themselves or their pixels, or hold what makes no sense."""

import pydicom
import pytest
from pydicom.uid import JPEGLSLossless, RLELossless

from tests.support.dicom_files import cine, ct_slice
from tests.support.dicom_outcomes import play, refused


@pytest.mark.parametrize(
    "elements",
    [
        {"Rows": 0},
        {"Columns": 0},
        {"Rows": 60000, "Columns": 60000},
        {"Rows": 40, "Columns": 40},
        {"BitsAllocated": 0},
        {"BitsAllocated": 12},
        {"BitsAllocated": 32},
        {"SamplesPerPixel": 3},
        {"SamplesPerPixel": 7},
        {"PhotometricInterpretation": None},
        {"PhotometricInterpretation": "PALETTE COLOR"},
        {"PixelRepresentation": None},
        {"BitsStored": None},
        {"NumberOfFrames": 2**31 - 1},
        {"NumberOfFrames": 3},
    ],
    ids=str,
)
def test_a_header_that_contradicts_the_pixels_is_one_line(elements, tmp_path):
    ct_slice(tmp_path / "good.dcm", z_mm=1)
    bad = pydicom.dcmread(ct_slice(tmp_path / "bad.dcm", z_mm=2))
    for keyword, value in elements.items():
        if value is None:
            delattr(bad, keyword)
        else:
            setattr(bad, keyword, value)
    bad.save_as(tmp_path / "bad.dcm")
    assert refused(tmp_path / "bad.dcm")


def test_bits_that_are_said_wrongly_do_not_make_other_pictures(tmp_path):
    """Stored values of 16 bits of which a header says that only 12 are used are what they are."""
    path = ct_slice(tmp_path / "a.dcm", level=500, BitsStored=12, HighBit=11)
    (frame,), _ = play(path)
    assert frame.image[1, 1] == 500


@pytest.mark.parametrize(
    ("elements", "spacing_mm"),
    [
        ({"PixelSpacing": None}, None),
        ({"PixelSpacing": [-0.5, 0.5]}, None),
        ({"PixelSpacing": [0.0, 0.5]}, None),
        ({"PixelSpacing": ["nan", "0.5"]}, None),
        ({"SliceThickness": -3.0}, (0.5, 0.25)),
    ],
)
def test_a_spacing_that_makes_no_sense_is_none_and_that_is_said(elements, spacing_mm, tmp_path):
    for z_mm in range(3):
        _with_any_text(ct_slice, tmp_path / f"{z_mm}.dcm", z_mm=z_mm, **elements)
    frames, said = play(tmp_path)
    assert [frame.spacing_mm for frame in frames] == [spacing_mm] * 3
    assert ("measurements are in pixels" in said) == (spacing_mm is None)


@pytest.mark.parametrize("value", ["nan", "inf", "1e400"])
def test_a_position_that_is_no_number_leaves_the_order_to_the_numbers_of_the_slices(value, tmp_path):
    for number in range(3):
        place = ["0", "0", value if number == 1 else str(10 * number)]
        _with_any_text(
            ct_slice, tmp_path / f"{number}.dcm", number=3 - number, level=number, ImagePositionPatient=place
        )
    frames, said = play(tmp_path)
    assert [frame.image[1, 1] for frame in frames] == [2, 1, 0]
    assert "1 of 3 pictures have no position" in said


@pytest.mark.parametrize("orientation", [[0.0] * 6, [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]])
def test_directions_that_are_none_leave_the_order_to_the_numbers_of_the_slices(orientation, tmp_path):
    for number in range(3):
        ct_slice(
            tmp_path / f"{number}.dcm",
            z_mm=number,
            number=3 - number,
            level=number,
            ImageOrientationPatient=orientation,
        )
    frames, said = play(tmp_path)
    assert [frame.image[1, 1] for frame in frames] == [2, 1, 0]
    assert "no directions" in said


@pytest.mark.parametrize("frame_time", [0, -40, "nan"])
def test_a_frame_time_that_makes_no_sense_is_replaced_and_that_is_said(frame_time, tmp_path):
    path = _with_any_text(cine, tmp_path / "a.dcm", count=3, FrameTime=frame_time)
    frames, said = play(path)
    assert [frame.media_time_ns for frame in frames] == [0, 40_000_000, 80_000_000]
    assert "no frame time" in said


def test_a_compressed_form_that_is_said_wrongly_is_one_line(tmp_path):
    """Pixels that are stored as they are, under a header that says that they are compressed."""
    for syntax in (RLELossless, JPEGLSLossless):
        data = pydicom.dcmread(ct_slice(tmp_path / "a.dcm"))
        content = (tmp_path / "a.dcm").read_bytes()
        old = data.file_meta.TransferSyntaxUID.encode()
        new = syntax.encode()
        at = content.index(old)
        length = len(new) + len(new) % 2
        # The length of the group before it is one that pydicom passes over.
        (tmp_path / "a.dcm").write_bytes(
            content[: at - 2]
            + length.to_bytes(2, "little")
            + new.ljust(length, b"\0")
            + content[at + len(old) + len(old) % 2 :]
        )
        assert refused(tmp_path / "a.dcm")


def test_a_form_that_is_not_known_is_not_shown(tmp_path):
    path = ct_slice(tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes().replace(b"1.2.840.10008.1.2.1\0", b"Doe^Jane, secret!!!\0"))
    assert "something unknown" in refused(path)


def test_damaged_text_in_the_kind_of_picture_is_not_shown(tmp_path):
    path = ct_slice(tmp_path / "a.dcm", Modality="CTXXXXXX")
    path.write_bytes(path.read_bytes().replace(b"CTXXXXXX", b"Doe^Jane"))
    frames, said = play(path)
    assert len(frames) == 1
    assert "OT" in said


def _with_any_text(make, path, **elements):
    """Return what ``make`` makes, with elements that pydicom would not write."""
    with pydicom.config.disable_value_validation():
        return make(path, **elements)
