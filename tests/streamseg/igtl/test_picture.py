"""The place of a picture goes into a message and comes out of it again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyigtl.messages import MessageBase

from streamseg.geometry import ImagePlane
from streamseg.igtl.picture import UNPLACED, message_of, picture_of

LENGTH = st.floats(0.0625, 10)
POINT = st.tuples(*[st.floats(-500, 500)] * 3)


def through_the_wire(message):
    packed = message.pack()
    unpacked = MessageBase.create_message("IMAGE")
    unpacked.unpack(MessageBase.parse_header(packed[:58]), packed[58:])
    return unpacked


@given(origin=POINT, spacing=st.tuples(LENGTH, LENGTH), thickness=LENGTH, angle=st.floats(0.1, 3.0))
def test_what_is_sent_lies_where_the_picture_did(origin, spacing, thickness, angle):
    across = (np.cos(angle), np.sin(angle), 0.0)
    down = (0.0, 0.0, -1.0)
    plane = ImagePlane(origin, across, down, thickness)
    image = np.arange(35, dtype=np.uint8).reshape(5, 7)
    message = through_the_wire(message_of(image, "Mask", spacing_mm=spacing, plane=plane, time_s=1.0))
    found = picture_of(message)
    np.testing.assert_array_equal(found.image, image)
    assert message.world_coordinate_system == "ras"
    assert found.spacing_mm == pytest.approx(spacing, rel=1e-4)
    assert found.plane.origin_mm == pytest.approx(origin, abs=1e-3)
    assert found.plane.across == pytest.approx(across, abs=1e-5)
    assert found.plane.down == pytest.approx(down, abs=1e-5)
    assert found.plane.thickness_mm == pytest.approx(thickness, rel=1e-4)


def test_a_picture_without_a_place_is_sent_upright_for_an_axial_view():
    image = np.zeros((4, 6), np.uint8)
    message = through_the_wire(message_of(image, "Mask", spacing_mm=(0.2, 0.3), plane=None, time_s=1.0))
    np.testing.assert_allclose(message.ijk_to_world_matrix, np.diag([-0.3, -0.2, 1, 1]), atol=1e-6)
    assert picture_of(message).plane.across == UNPLACED.across


@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0])
def test_a_place_that_makes_no_sense_is_no_place(value):
    message = message_of(np.zeros((4, 6), np.uint8), "Mask", spacing_mm=(0.2, 0.3), plane=None, time_s=1.0)
    message.ijk_to_world_matrix[:3, 0] = value
    found = picture_of(message)
    assert (found.spacing_mm, found.plane) == (None, None)
