"""Millimetres per pixel as they are written, and what they are put on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.frame import Frame
from streamseg.scan.spacing import as_text, parse_spacing, spacing_text, with_spacing

lengths = st.floats(0.001, 50)


@given(lengths, lengths)
def test_what_is_written_is_read_again(row, column):
    assert parse_spacing(spacing_text((row, column))) == pytest.approx((row, column), rel=1e-5)


def test_one_number_is_for_both_axes_and_none_is_none():
    assert parse_spacing("0.2") == (0.2, 0.2)
    assert parse_spacing("0.2,0.1") == (0.2, 0.1)
    assert spacing_text((0.25, 0.25)) == "0.25"
    assert parse_spacing("") is None


@pytest.mark.parametrize("text", ["0", "-1", "51", "a", "0.1,", "0.1,0.2,0.3", "nan", "inf"])
def test_what_is_no_spacing_is_refused(text):
    with pytest.raises(ValueError, match="give mm per pixel"):
        parse_spacing(text)


def test_a_number_of_a_file_is_taken_for_text_and_a_truth_value_is_not():
    assert as_text(0.5) == "0.5"
    assert as_text("0.5") == "0.5"
    assert as_text(True) is True


def test_a_frame_takes_the_spacing_that_was_given_and_keeps_its_own_otherwise():
    frame = Frame(np.zeros((2, 2), np.uint8), 0, 0, spacing_mm=(0.3, 0.3))
    assert with_spacing(frame, "") is frame
    assert with_spacing(frame, "0.3") is frame
    assert with_spacing(frame, "0.1,0.2").spacing_mm == (0.1, 0.2)
