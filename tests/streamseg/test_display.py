"""What people see of a frame."""

import numpy as np
import pytest

from streamseg.display import displayed
from streamseg.frame import Frame
from streamseg.model_card import Window

BRAIN = Window(centre_hu=40, width_hu=120)


@pytest.mark.parametrize("shape", [(4, 5), (4, 5, 3)])
def test_display_levels_are_shown_as_they_are(shape):
    frame = Frame(np.arange(np.prod(shape), dtype=np.uint8).reshape(shape), 0, 0)
    assert displayed(frame, BRAIN) is frame.image


def test_hounsfield_units_go_from_black_to_white_over_the_window():
    frame = Frame(np.array([[-1000, -20, 10, 40, 100, 32767]], np.int16), 0, 0, unit="hu")
    assert displayed(frame, BRAIN).tolist() == [[0, 0, 64, 128, 255, 255]]


def test_hounsfield_units_need_a_window():
    frame = Frame(np.zeros((2, 2), np.int16), 3, 0, unit="hu")
    with pytest.raises(ValueError, match="frame 3 is in Hounsfield units"):
        displayed(frame, None)
