"""Boxes, and the letterbox with its inverse."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.geometry import Box, Letterbox, content_box, shrink

SIZES = st.tuples(st.integers(1, 400), st.integers(1, 400))


@given(SIZES, SIZES)
def test_letterbox_keeps_aspect_and_fills_one_side(source, target):
    letterbox = Letterbox.fit(source, target)
    assert letterbox.inner.fits(target)
    assert letterbox.inner.height == target[0] or letterbox.inner.width == target[1]
    scale = min(target[0] / source[0], target[1] / source[1])
    assert abs(letterbox.inner.height - source[0] * scale) <= 1
    assert abs(letterbox.inner.width - source[1] * scale) <= 1


@given(SIZES, SIZES)
def test_letterbox_is_centred_to_half_a_pixel(source, target):
    inner = Letterbox.fit(source, target).inner
    assert 0 <= target[0] - inner.height - 2 * inner.top <= 1
    assert 0 <= target[1] - inner.width - 2 * inner.left <= 1


@given(SIZES, st.integers(1, 4))
def test_whole_number_enlargement_comes_back_pixel_for_pixel(source, factor):
    target = (source[0] * factor, source[1] * factor)
    letterbox = Letterbox.fit(source, target)
    image = np.random.default_rng(0).random(source, np.float32)
    enlarged = image.repeat(factor, axis=0).repeat(factor, axis=1)
    back = letterbox.invert(enlarged)
    assert back.shape == source
    np.testing.assert_allclose(back, image, atol=1e-6)


@pytest.mark.parametrize("size", [(480, 640), (270, 400), (640, 480), (256, 256), (1080, 1920), (101, 97)])
def test_a_point_comes_back_to_where_it_was(size):
    """A blob's centre of mass moves by less than a quarter of a frame pixel through apply and invert."""
    height, width = size
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    centre = (0.4 * height, 0.63 * width)
    sigma = 0.05 * min(size)
    blob = np.exp(-((rows - centre[0]) ** 2 + (columns - centre[1]) ** 2) / (2 * sigma**2))
    letterbox = Letterbox.fit(size, (256, 256))
    back = letterbox.invert(letterbox.apply(blob))
    found = (float((rows * back).sum() / back.sum()), float((columns * back).sum() / back.sum()))
    assert found == pytest.approx(centre, abs=0.25)


def test_padding_is_zero_and_never_comes_back():
    letterbox = Letterbox.fit((100, 200), (256, 256))
    framed = letterbox.apply(np.full((100, 200), 255, np.uint8))
    assert not framed[: letterbox.inner.top].any()
    framed[: letterbox.inner.top] = 77
    assert (letterbox.invert(framed) == 255).all()


@pytest.mark.parametrize("shape", [(99, 200), (100, 201)])
def test_a_picture_of_another_size_is_refused(shape):
    with pytest.raises(ValueError, match="expected a picture"):
        Letterbox.fit((100, 200), (256, 256)).apply(np.zeros(shape, np.uint8))


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 64), st.integers(1, 64))
def test_shrink_gives_the_size_and_keeps_a_constant(height, width, new_height, new_width):
    image = np.full((height, width), 131, np.uint8)
    shrunk = shrink(image, (new_height, new_width))
    assert shrunk.shape == (new_height, new_width)
    assert (shrunk == 131).all()


def test_shrink_sees_every_pixel_where_linear_interpolation_would_not():
    image = np.zeros((1024, 1024), np.uint8)
    image[::8] = 255
    linear = cv2.resize(image, (128, 128), interpolation=cv2.INTER_LINEAR)
    assert abs(float(shrink(image, (128, 128)).mean()) - image.mean()) < 1
    assert abs(float(linear.mean()) - image.mean()) > 20


def test_content_box_finds_the_scan_without_its_black_surroundings():
    picture = np.zeros((480, 640), np.uint8)
    picture[50:400, 100:500] = 60
    picture[10:13, 600:603] = 255  # a logo's speck
    assert content_box(picture) == Box(50, 100, 350, 400)


@pytest.mark.parametrize("picture", [np.zeros((90, 120), np.uint8), np.full((90, 120), 200, np.uint8)])
def test_content_box_of_a_black_or_full_picture_is_the_whole(picture):
    assert content_box(picture) == Box.whole((90, 120))


def test_content_box_does_not_trust_a_tiny_finding():
    picture = np.zeros((480, 640), np.uint8)
    picture[200:230, 300:330] = 255
    assert content_box(picture) == Box.whole((480, 640))


@given(SIZES, st.data())
def test_union_holds_both_boxes(size, data):
    def box() -> Box:
        top = data.draw(st.integers(0, size[0] - 1))
        left = data.draw(st.integers(0, size[1] - 1))
        return Box(top, left, data.draw(st.integers(1, size[0] - top)), data.draw(st.integers(1, size[1] - left)))

    first, second = box(), box()
    canvas = np.zeros(size, np.uint8)
    for one in (first, second):
        one.crop(canvas)[...] = 1
    assert first.union(second).fits(size)
    assert first.union(second).crop(canvas).sum() == canvas.sum()


@pytest.mark.parametrize("values", [(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)])
def test_an_impossible_box_is_refused(values):
    with pytest.raises(ValueError, match="box must have"):
        Box(*values)


def test_a_box_outside_the_picture_cannot_be_cropped():
    with pytest.raises(ValueError, match="does not fit"):
        Box(0, 0, 11, 10).crop(np.zeros((10, 10), np.uint8))
