"""The order of slices, and what is said of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from streamseg.dicom.finding import find_series
from streamseg.dicom.header import Header, Plane
from streamseg.dicom.stack import Slice, arrange, is_parallel, plane_name, shown_plane
from streamseg.settings import SourceSettings
from streamseg.sources.dicom import create
from tests.support.dicom_files import ct_slice

TILT = np.deg2rad(20)
TILTED = (1.0, 0.0, 0.0, 0.0, float(np.cos(TILT)), float(-np.sin(TILT)))


def stack_of(folder):
    (series,) = find_series(str(folder)).series
    return arrange(series.headers)


def header_at(z_mm, orientation):
    return Header(
        path=Path(f"{z_mm}.dcm"),
        study="",
        series="",
        modality="CT",
        size=(8, 8),
        samples=1,
        syntax=ExplicitVRLittleEndian,
        series_number=None,
        instance_number=0,
        planes=(Plane((0.0, 0.0, float(z_mm)), orientation),),
        is_stack=True,
        data=Dataset(),
    )


def save_stack(folder, heights_mm, **elements):
    for number, z_mm in enumerate(heights_mm, start=1):
        ct_slice(folder / f"{number}.dcm", z_mm=z_mm, number=number, **elements)
    return stack_of(folder)


def test_with_a_tilted_gantry_slices_are_as_far_apart_as_their_planes_and_not_as_the_table_went(tmp_path):
    stack = save_stack(tmp_path, [0, 5, 10], ImageOrientationPatient=list(TILTED))
    np.testing.assert_allclose(np.diff([each.position_mm for each in stack.slices]), 5 * np.cos(TILT))
    assert stack.warnings == (
        "the gantry was tilted by 20.0 degrees; distances are measured at right angles to the slices",
    )


def test_slices_at_the_same_place_are_shown_once_and_said(tmp_path):
    stack = save_stack(tmp_path, [0, 5, 5, 5.001, 10])
    assert [each.header.path.name for each in stack.slices] == ["1.dcm", "2.dcm", "5.dcm"]
    assert stack.warnings == ("slices that lie where another one does are left out: 2",)


def test_a_gap_is_said_with_its_place_and_width(tmp_path):
    stack = save_stack(tmp_path, [0, 5, 10, 25, 30, 35])
    assert stack.warnings == ("slices are missing after slice 3: up to 15.0 mm are left out",)


def test_slices_of_two_thicknesses_are_said_and_their_two_distances_are_no_gap(tmp_path):
    for number, z_mm in enumerate([0, 4, 8, 12], start=1):
        ct_slice(tmp_path / f"{number}.dcm", z_mm=z_mm, number=number, SliceThickness=4)
    for number, z_mm in enumerate([18, 28, 38], start=5):
        ct_slice(tmp_path / f"{number}.dcm", z_mm=z_mm, number=number, SliceThickness=10)
    assert stack_of(tmp_path).warnings == ("the slices differ in thickness: 4 slices of 4 mm and 3 slices of 10 mm",)


def test_without_positions_the_numbers_decide_and_that_is_said(tmp_path):
    for name, number in (("a", 3), ("b", 1), ("c", 2)):
        ct_slice(tmp_path / f"{name}.dcm", number=number, ImagePositionPatient=None)
    stack = stack_of(tmp_path)
    assert [each.header.instance_number for each in stack.slices] == [1, 2, 3]
    assert stack.slices[0].position_mm is None
    assert "3 of 3 pictures have no position" in stack.warnings[0]


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [((1, 0, 0, 0, 1, 0), (0, 0)), ((-1, 0, 0, 0, -1, 0), (-1, -1)), ((-1, 0, 0, 0, 1, 0), (0, -1))],
    ids=["supine", "prone", "from above"],
)
def test_an_axial_slice_is_shown_with_the_right_of_the_patient_on_the_left(tmp_path, orientation, corner):
    # The first pixel that is stored is the brightest.
    path = ct_slice(tmp_path / "a.dcm", ImageOrientationPatient=[float(cosine) for cosine in orientation])
    with create(str(path), SourceSettings()) as source:
        frame = next(source)
        warnings = source.info.warnings
    assert frame.image[corner] == 100
    assert np.count_nonzero(frame.image) == 1
    assert bool(warnings) == (corner != (0, 0))


@settings(deadline=None)
@given(heights_mm=st.lists(st.integers(-500, 500), min_size=2, max_size=30, unique=True), tilt=st.floats(-0.5, 0.5))
def test_positions_grow_whatever_the_order_of_the_files(heights_mm, tilt):
    orientation = (1.0, 0.0, 0.0, 0.0, float(np.cos(tilt)), float(-np.sin(tilt)))
    slices = arrange([header_at(z_mm, orientation) for z_mm in heights_mm]).slices
    positions = [each.position_mm for each in slices]
    assert positions == sorted(positions)
    assert [each.plane.position_mm[2] for each in slices] == sorted(heights_mm)


@pytest.mark.parametrize(
    ("orientation", "name"),
    [
        (TILTED, "axial"),
        ((0, 1, 0, 0, 0, -1), "sagittal"),
        ((1, 0, 0, 0, 0, -1), "coronal"),
        (None, ""),
        ((0,) * 6, ""),
    ],
)
def test_a_plane_is_named_after_the_nearest_direction(orientation, name):
    assert plane_name(Plane(orientation=orientation)) == name


def test_directions_within_a_degree_are_the_same_and_unknown_ones_only_to_each_other():
    axial = Plane(orientation=(1, 0, 0, 0, 1, 0))
    assert is_parallel(axial, Plane(orientation=(1, 0.001, 0, 0, 1, 0)))
    assert not is_parallel(axial, Plane(orientation=TILTED))
    assert not is_parallel(axial, Plane())
    assert is_parallel(Plane(), Plane())


@given(turned=st.tuples(st.booleans(), st.booleans()), row=st.integers(0, 7), column=st.integers(0, 5))
def test_a_pixel_as_shown_lies_where_it_does_as_stored(turned, row, column):
    header = replace(header_at(30.0, TILTED), size=(8, 6))
    plane = replace(header.planes[0], position_mm=(-10.0, 20.0, 30.0), spacing_mm=(0.5, 0.25), thickness_mm=4.0)
    shown = shown_plane(Slice(header, 0, plane, turned=turned))
    stored_row, stored_column = 7 - row if turned[0] else row, 5 - column if turned[1] else column
    along, down = np.array(TILTED[:3]), np.array(TILTED[3:])
    expected = np.array(plane.position_mm) + stored_column * 0.25 * along + stored_row * 0.5 * down
    found = np.array(shown.origin_mm) + column * 0.25 * np.array(shown.across) + row * 0.5 * np.array(shown.down)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    assert (shown.thickness_mm, shown.name) == (4.0, "axial")


@pytest.mark.parametrize("missing", ["position_mm", "orientation", "spacing_mm"])
def test_a_picture_whose_header_says_too_little_has_no_plane(missing):
    header = header_at(30.0, TILTED)
    plane = replace(header.planes[0], spacing_mm=(0.5, 0.5))
    assert shown_plane(Slice(header, 0, plane)) is not None
    assert shown_plane(Slice(header, 0, replace(plane, **{missing: None}))) is None
