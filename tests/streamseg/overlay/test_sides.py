"""Letters at the edges: which side of the patient is on the left and at the top."""

from dataclasses import replace

import numpy as np
import pytest

from streamseg.frame import Frame
from streamseg.geometry import ImagePlane
from streamseg.overlay.lettering import text_patch
from streamseg.overlay.mark import paint
from streamseg.overlay.sides import BACKGROUND, COLOUR, MARGIN_PX, side_marks, sides

SLICE = Frame(np.zeros((200, 300), np.int16), 0, 0, unit="hu", position_mm=5.0)


def placed(across, down):
    return replace(SLICE, plane=ImagePlane((0, 0, 0), across, down))


AXIAL = placed((1, 0, 0), (0, 1, 0))


@pytest.mark.parametrize(
    ("frame", "letters"),
    [
        (AXIAL, ("R", "A")),
        (placed((1, 0, 0), (0, 0, -1)), ("R", "H")),
        (placed((0, 1, 0), (0, 0, -1)), ("A", "H")),
        (placed((-1, 0, 0), (0, -1, 0)), ("L", "P")),
        (placed((0, 0, 1), (0.1, 0.9, -0.3)), ("F", "A")),
    ],
)
def test_the_letters_are_of_the_sides_that_columns_and_rows_come_from(frame, letters):
    assert sides(frame) == letters


def test_a_picture_whose_place_is_not_in_a_patient_has_none():
    for frame in (SLICE, replace(AXIAL, position_mm=None)):
        assert sides(frame) is None
        assert side_marks(frame) == ()


def test_the_letters_stand_in_the_middle_of_the_left_and_the_upper_edge():
    pane = np.full((200, 300, 3), 90, np.uint8)
    paint(side_marks(AXIAL), pane)
    right, front = (text_patch(letter, 12, COLOUR, BACKGROUND) for letter in "RA")
    top, left = (200 - right.shape[0]) // 2, (300 - front.shape[1]) // 2
    np.testing.assert_array_equal(pane[top : top + right.shape[0], MARGIN_PX : MARGIN_PX + right.shape[1]], right)
    np.testing.assert_array_equal(pane[MARGIN_PX : MARGIN_PX + front.shape[0], left : left + front.shape[1]], front)
    assert (pane == 90).mean() > 0.98


def test_a_picture_that_is_too_small_stays_as_it_is():
    assert side_marks(replace(AXIAL, image=np.zeros((8, 6), np.int16))) == ()
