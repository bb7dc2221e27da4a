"""From a frame to the tensor and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.geometry import Box
from streamseg.model_card import InputSpec, Window
from streamseg.prepare import Placement, prepare, restore

SPEC = InputSpec(height=64, width=64)
CT = InputSpec(height=64, width=64, window=Window(centre_hu=40, width_hu=120))


@settings(max_examples=50)
@given(st.integers(8, 200), st.integers(8, 200), st.data())
def test_a_map_comes_back_inside_its_region_and_nowhere_else(height, width, data):
    top, left = data.draw(st.integers(0, height - 4)), data.draw(st.integers(0, width - 4))
    region = Box(top, left, data.draw(st.integers(4, height - top)), data.draw(st.integers(4, width - left)))
    placement = Placement.fit((height, width), region, SPEC)
    restored = restore(np.ones((64, 64), np.float32), placement)
    assert restored.shape == (height, width)
    assert (region.crop(restored) == 1).all()
    assert restored.sum() == region.area


def test_colour_and_grey_pictures_give_the_same_tensor():
    grey = np.random.default_rng(1).integers(0, 256, (48, 80), dtype=np.uint8)
    placement = Placement.fit((48, 80), None, SPEC)
    colour = np.repeat(grey[..., np.newaxis], 3, axis=2)
    np.testing.assert_array_equal(prepare(grey, "grey", SPEC, placement), prepare(colour, "grey", SPEC, placement))


def test_tensor_is_nhwc_float32_between_zero_and_one():
    picture = np.full((100, 50), 255, np.uint8)
    tensor = prepare(picture, "grey", SPEC, Placement.fit((100, 50), None, SPEC))
    assert (tensor.shape, tensor.dtype) == ((1, 64, 64, 1), np.float32)
    assert (tensor.min(), tensor.max()) == (0, 1)


def test_hounsfield_units_go_through_the_window_of_the_card():
    hu = np.full((64, 64), 70, np.int16)
    tensor = prepare(hu, "hu", CT, Placement.fit((64, 64), None, CT))
    np.testing.assert_allclose(tensor, 0.75, atol=1e-6)


def test_hounsfield_units_are_refused_by_a_model_for_grey_levels():
    with pytest.raises(ValueError, match="Hounsfield"):
        prepare(np.zeros((64, 64), np.int16), "hu", SPEC, Placement.fit((64, 64), None, SPEC))


def test_a_region_outside_the_frame_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        Placement.fit((64, 64), Box(0, 0, 65, 10), SPEC)
