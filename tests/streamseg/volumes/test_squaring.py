"""Stretching to square pixels: what is shown at a place is what was there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streamseg.geometry import ImagePlane
from streamseg.volumes.squaring import Squaring

SPACINGS_MM = st.floats(0.2, 6)


@given(SPACINGS_MM, SPACINGS_MM, st.integers(4, 30), st.integers(4, 30))
def test_a_value_that_grows_evenly_in_space_is_found_where_the_plane_says(down_mm, across_mm, height, width):
    spacing_mm = (down_mm, across_mm)
    rows, columns = np.mgrid[:height, :width]
    picture = (3 * rows * down_mm + 5 * columns * across_mm).astype(np.float32)
    squaring = Squaring.of((height, width), spacing_mm)
    shown = squaring.apply(picture)
    plane = squaring.plane(ImagePlane((0, 0, 0), (1, 0, 0), (0, 1, 0)), spacing_mm)
    new_mm = squaring.spacing_mm(spacing_mm)
    rows, columns = np.mgrid[: shown.shape[0], : shown.shape[1]]
    y_mm, x_mm = plane.origin_mm[1] + rows * new_mm[0], plane.origin_mm[0] + columns * new_mm[1]
    # Beyond the centres of the outermost pixels there is nothing to interpolate.
    inside = (y_mm >= 0) & (y_mm <= (height - 1) * down_mm) & (x_mm >= 0) & (x_mm <= (width - 1) * across_mm)
    np.testing.assert_allclose(shown[inside], (3 * y_mm + 5 * x_mm)[inside], rtol=1e-3, atol=0.02)


@given(SPACINGS_MM, SPACINGS_MM, st.integers(1, 40), st.integers(1, 40))
def test_pixels_become_square_no_side_shrinks_and_the_picture_covers_what_it_did(down_mm, across_mm, height, width):
    squaring = Squaring.of((height, width), (down_mm, across_mm))
    shown_mm = squaring.spacing_mm((down_mm, across_mm))
    assert squaring.shown[0] >= height
    assert squaring.shown[1] >= width
    np.testing.assert_allclose(
        np.multiply(squaring.shown, shown_mm), np.multiply((height, width), (down_mm, across_mm))
    )
    # To the nearest whole pixel.
    assert abs(shown_mm[0] - shown_mm[1]) <= max(shown_mm) / min(squaring.shown) + 0.01 * max(shown_mm)


def test_square_pixels_and_those_of_unknown_or_impossible_size_stay_as_they_are():
    picture = np.arange(12, dtype=np.int16).reshape(3, 4)
    for spacing_mm in ((0.5, 0.5), (0.5, 0.5001), (1e9, 1e-9), None):
        squaring = Squaring.of((3, 4), spacing_mm)
        assert not squaring.is_needed
        assert squaring.apply(picture) is picture
