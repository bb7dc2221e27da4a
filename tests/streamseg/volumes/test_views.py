"""Directions: the voxel shown at a pixel is the one that lies there in the patient, whatever the file's axes are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamseg.volumes.views import look_along, nearest_axes, obliqueness_degrees
from tests.support.volume_files import image, numbered

AXES = st.sampled_from(["axial", "coronal", "sagittal", "stored"])
LENGTHS_MM = st.tuples(*[st.floats(0.1, 8)] * 3)
PLACES_MM = st.tuples(*[st.floats(-300, 300)] * 3)
# Slices, rows and columns: along which axis of space, and which way.
WAYS = {"axial": ((2, 1), (1, 1), (0, 1)), "coronal": ((1, 1), (2, -1), (0, 1)), "sagittal": ((0, 1), (2, -1), (1, 1))}


@st.composite
def rotations(draw):
    """Any right- or left-handed set of directions at right angles."""
    # Whole numbers: SimpleITK cannot invert matrices with parts as small as 1e-200.
    quaternion = np.array(draw(st.tuples(*[st.integers(-100, 100)] * 4).filter(any)))
    w, x, y, z = quaternion / np.linalg.norm(quaternion)
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
    return turn * draw(st.sampled_from([1, -1]))


def affine(directions, lengths_mm=(1, 1, 1), origin_mm=(0, 0, 0)):
    made = np.eye(4)
    made[:3, :3], made[:3, 3] = np.asarray(directions, float) * lengths_mm, origin_mm
    return made


@settings(max_examples=50)
@given(rotations(), LENGTHS_MM, PLACES_MM, AXES)
def test_the_voxel_at_a_pixel_is_the_one_that_simpleitk_finds_at_its_place_in_the_patient(
    directions, lengths_mm, origin_mm, axis
):
    voxels = numbered()
    itk = image(voxels, spacing=lengths_mm, origin=origin_mm, direction=directions)
    view = look_along(voxels, affine(directions, lengths_mm, origin_mm), lengths_mm, axis)
    count, height, width = view.voxels.shape
    for place, row, column in ((0, 0, 0), (count - 1, height - 1, width - 1), (count // 2, height - 1, width // 3)):
        plane = view.plane(place)
        point = (
            np.array(plane.origin_mm)
            + row * view.spacing_mm[0] * np.array(plane.down)
            + column * view.spacing_mm[1] * np.array(plane.across)
        )
        assert view.voxels[place, row, column] == itk[itk.TransformPhysicalPointToIndex(point.tolist())]
        np.testing.assert_allclose(view.affine_mm @ (place, row, column, 1), (*point, 1), atol=1e-6)


@settings(max_examples=50)
@given(rotations(), AXES.filter(lambda axis: axis != "stored"))
def test_slices_rows_and_columns_go_where_the_convention_has_them_go(directions, axis):
    view = look_along(numbered(), affine(directions), (1.0, 1.0, 1.0), axis)
    for own, (towards, sign) in enumerate(WAYS[axis]):
        assert view.affine_mm[towards, own] * sign >= 0
    assert sorted(nearest_axes(affine(directions))) == [0, 1, 2]


@settings(max_examples=50)
@given(rotations(), LENGTHS_MM, AXES)
def test_every_voxel_is_shown_once(directions, lengths_mm, axis):
    view = look_along(numbered(), affine(directions, lengths_mm), lengths_mm, axis)
    np.testing.assert_array_equal(np.sort(view.voxels, axis=None), np.sort(numbered(), axis=None))


@settings(max_examples=50)
@given(rotations(), LENGTHS_MM, PLACES_MM, AXES)
def test_positions_of_slices_are_one_step_apart(directions, lengths_mm, origin_mm, axis):
    view = look_along(numbered(), affine(directions, lengths_mm, origin_mm), lengths_mm, axis)
    positions_mm = [view.position_mm(place) for place in range(len(view.voxels))]
    np.testing.assert_allclose(np.abs(np.diff(positions_mm)), view.step_mm, atol=1e-6)


def test_the_axial_view_of_a_straight_volume_has_the_right_of_the_patient_on_the_left_and_the_front_at_the_top():
    voxels = np.zeros((4, 4, 4), np.uint8)
    voxels[0, 1, 2] = 1  # farthest to the right, second from the front, third from the feet
    view = look_along(voxels, affine(np.eye(3)), (1.0, 1.0, 1.0), "axial")
    assert np.argwhere(view.voxels).tolist() == [[2, 1, 0]]
    seen = [look_along(voxels, affine(np.eye(3)), None, axis).voxels for axis in ("coronal", "sagittal")]
    assert [np.argwhere(each).tolist() for each in seen] == [[[1, 1, 0]], [[0, 1, 1]]]


def test_without_directions_slices_are_those_of_the_file_with_the_spacing_that_it_says():
    view = look_along(numbered(), None, (0.5, 0.75, 2.0), "axial")
    np.testing.assert_array_equal(view.voxels, numbered().transpose(2, 1, 0))
    assert (view.spacing_mm, view.step_mm, view.plane(0), view.position_mm(0)) == ((0.75, 0.5), 2.0, None, None)
    flat = look_along(numbered((9, 7, 1)), None, (0.5, 0.75), "axial")
    assert (flat.spacing_mm, flat.step_mm) == ((0.75, 0.5), None)
    assert look_along(numbered(), None, None, "axial").spacing_mm is None


def test_a_volume_at_45_degrees_is_seen_from_one_side_and_not_by_rounding():
    half = np.sqrt(0.5)
    for noise in (0, 1e-12, -1e-12):
        assert nearest_axes(affine([[half, -half, 0], [half + noise, half, 0], [0, 0, 1]])) == (0, 1, 2)


def test_obliqueness_lean_and_skew_are_angles_in_degrees():
    tilt = np.radians(18.5)
    turned = affine([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    assert obliqueness_degrees(turned) == pytest.approx(18.5)
    straight = look_along(numbered(), turned, None, "axial")
    assert (straight.lean_degrees, straight.skew_degrees) == pytest.approx((0, 0), abs=1e-5)
    sheared = affine([[1, 0, 0], [0, np.cos(tilt), 0], [0, np.sin(tilt), 1]])
    assert look_along(numbered(), sheared, None, "axial").lean_degrees == pytest.approx(18.5)
    assert look_along(numbered(), sheared, None, "sagittal").skew_degrees == pytest.approx(18.5)
    assert obliqueness_degrees(affine(np.eye(3))) == 0
