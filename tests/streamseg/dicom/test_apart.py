"""GDCM in a process of its own, and pictures that end it."""

from pathlib import Path

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.pixels import pixel_array

from streamseg.dicom.apart import Apart
from tests.support.dicom_outcomes import play, refused

pytest.importorskip("gdcm", exc_type=ImportError, reason="GDCM comes with the extra 'dicom'")


@pytest.fixture
def apart():
    made = Apart()
    yield made
    made.close()


@pytest.fixture
def whole():
    return Path(get_testdata_file("SC_rgb_jpeg_gdcm.dcm", download=False))


@pytest.fixture
def deadly(whole, tmp_path):
    """Return a lossless JPEG with a byte between two of its segments, at which GDCM ends the process that it is in."""
    content = bytearray(whole.read_bytes())
    content[content.index(b"\xff\xd8\xff") + 2] = 0x12
    path = tmp_path / "deadly.dcm"
    path.write_bytes(content)
    return path


def test_a_picture_is_the_same_as_in_this_process(apart, whole):
    expected = pixel_array(whole, decoding_plugin="gdcm")
    for _ in range(2):
        np.testing.assert_array_equal(apart.values(whole, 0), expected)


def test_a_picture_that_ends_the_process_is_an_error_and_the_next_one_is_decoded(apart, whole, deadly):
    for _ in range(2):
        with pytest.raises((EOFError, OSError)):
            apart.values(deadly, 0)
        assert apart.values(whole, 0).shape == (100, 100, 3)


def test_a_picture_that_is_cut_short_is_an_error_and_the_process_goes_on(apart, whole, tmp_path):
    short = tmp_path / "short.dcm"
    short.write_bytes(whole.read_bytes()[:-2500])
    apart.values(whole, 0)
    process = apart._process
    with pytest.raises(ValueError, match="cannot be decoded"):
        apart.values(short, 0)
    assert apart.values(whole, 0).size
    assert apart._process is process


def test_it_can_be_closed_twice_and_leaves_no_process(apart, whole):
    apart.values(whole, 0)
    process = apart._process
    apart.close()
    apart.close()
    assert process.poll() is not None


def test_such_a_picture_among_good_ones_is_left_out_and_alone_it_is_one_line(whole, deadly):
    assert "picture 0 of deadly.dcm cannot be decoded" in refused(deadly)
    good = deadly.parent / "good.dcm"
    good.write_bytes(whole.read_bytes())
    frames, _ = play(deadly.parent)
    assert [frame.size for frame in frames] == [(100, 100)]
