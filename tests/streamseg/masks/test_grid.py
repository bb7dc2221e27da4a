"""A volume is only made where its voxels lie evenly, and then exactly where the pictures do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.geometry import ImagePlane
from streamseg.masks.grid import grid_of
from streamseg.masks.kept import KeptMask
from tests.support.slices import disc, slice_of


def kept(place, origin_mm=None, *, across=(1.0, 0.0, 0.0), down=(0.0, 1.0, 0.0), spacing_mm=(0.5, 0.25), size=(8, 6)):
    segmentation = slice_of(disc(2, size), place, spacing_mm=spacing_mm)
    plane = None if origin_mm is None else ImagePlane(tuple(origin_mm), across, down, 5.0)
    object.__setattr__(segmentation.frame, "plane", plane)
    return KeptMask.of(segmentation)


@given(step=st.sampled_from([-7.5, -2.0, 1.0, 4.0]), angle=st.floats(0, 6), count=st.integers(2, 6))
def test_a_voxel_lies_where_its_pixel_does(step, angle, count):
    across = (float(np.cos(angle)), float(np.sin(angle)), 0.0)
    down = (0.0, 0.0, -1.0)
    normal = np.cross(across, down)
    origins = [np.array([3.0, -4.0, 5.0]) + place * step * normal for place in range(count)]
    grid = grid_of([kept(place, origin, across=across, down=down) for place, origin in enumerate(origins)])
    assert grid.is_placed
    for place, origin in enumerate(origins):
        expected = origin + 4 * 0.25 * np.array(across) + 3 * 0.5 * np.array(down)
        np.testing.assert_allclose((grid.affine @ (4, 3, place, 1))[:3], expected, atol=1e-9)


def test_frames_without_a_place_are_counted_and_keep_their_spacing():
    grid = grid_of([kept(0), kept(1)])
    assert (grid.spacing, grid.is_placed) == ((0.25, 0.5, 1.0), False)
    assert grid_of([kept(0, spacing_mm=None)]).spacing == (1.0, 1.0, 1.0)


def test_one_slice_is_as_thick_as_its_header_says():
    assert grid_of([kept(0, (0, 0, 9))]).spacing == (0.25, 0.5, 5.0)


@pytest.mark.parametrize(
    ("masks", "reason"),
    [
        ([kept(0, (0, 0, 0)), kept(1, (0, 0, 4)), kept(2, (0, 0, 11))], "the slices lie 4.00 to 7.00 mm apart"),
        ([kept(0, (0, 0, 0)), kept(1, (0, 0, 4)), kept(3, (0, 0, 12))], "the slices lie 4.00 to 8.00 mm apart"),
        ([kept(0, (0, 0, 0)), kept(1, (0, 1, 4)), kept(2, (0, 2, 8))], "the gantry was tilted"),
        ([kept(0, (0, 0, 0)), kept(1, (0, 0, 4)), kept(2, (0, 0, 0))], "do not follow one another"),
        ([kept(0, (0, 0, 0)), kept(1, (0, 0, 0))], "do not follow one another"),
        ([kept(0, (0, 0, 0)), kept(1)], "some pictures say where they lie"),
        ([kept(0, (0, 0, 0)), kept(1, (0, 0, 4), down=(0.0, 0.0, 1.0))], "different directions"),
        ([kept(0), kept(1, size=(9, 6))], "differ in size"),
        ([kept(0), kept(1, spacing_mm=(0.5, 0.5))], "differs from picture to picture"),
    ],
)
def test_what_does_not_lie_evenly_is_refused_with_the_reason(masks, reason):
    with pytest.raises(ValueError, match=reason):
        grid_of(masks)
