"""Times, scan areas and flow of ultrasound, as the header says them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from streamseg.dicom.cine import MISFIT, UNTIMED, is_colour_doppler, media_times_ns, scan_area
from streamseg.geometry import Box
from tests.support.dicom_files import region

SIZE = (240, 320)


def header(**elements):
    data = Dataset()
    for keyword, value in elements.items():
        setattr(data, keyword, value)
    return data


def test_a_vector_may_hold_a_step_for_each_frame_or_one_fewer():
    assert media_times_ns(header(FrameTimeVector=[33, 50, 20]), 3) == ((0, 50_000_000, 70_000_000), ())
    assert media_times_ns(header(FrameTimeVector=[50, 20]), 3) == ((0, 50_000_000, 70_000_000), ())


@pytest.mark.parametrize("vector", [[0, 0, 0], [0, -5, 5], [0, 5, 5, 5, 5], []])
def test_a_vector_that_is_none_gives_way_to_the_frame_time(vector):
    assert media_times_ns(header(FrameTimeVector=vector, FrameTime=40), 3)[0] == (0, 40_000_000, 80_000_000)


@pytest.mark.parametrize("element", [{"FrameTime": 20}, {"RecommendedDisplayFrameRate": 50}, {"CineRate": 50}])
def test_an_even_rate_may_be_said_in_three_ways(element):
    assert media_times_ns(header(**element), 3) == ((0, 20_000_000, 40_000_000), ())


@pytest.mark.parametrize("element", [{}, {"FrameTime": 0}, {"CineRate": 0}, {"FrameTime": ""}])
def test_without_any_time_a_usual_rate_is_taken_and_said(element):
    assert media_times_ns(header(**element), 3) == ((0, 40_000_000, 80_000_000), (UNTIMED,))


def test_a_single_picture_needs_no_time():
    assert media_times_ns(header(), 1) == ((0,), ())


@settings(deadline=None)
@given(st.lists(st.floats(0.01, 1000).map(lambda value: round(value, 3)), min_size=1, max_size=50))
def test_times_begin_at_zero_and_grow(steps_ms):
    times_ns, _ = media_times_ns(header(FrameTimeVector=steps_ms), len(steps_ms) + 1)
    assert times_ns[0] == 0
    assert all(later > earlier for earlier, later in itertools.pairwise(times_ns))
    assert times_ns[-1] == pytest.approx(sum(steps_ms) * 1e6, abs=1)


def test_the_largest_two_dimensional_region_is_the_scan_and_centimetres_become_millimetres():
    regions = [
        region(0, 0, 239, 319, space=3),  # a spectrum
        region(10, 0, 99, 99, cm=(0.1, 0.1)),
        region(10, 110, 199, 299, cm=(0.02, -0.01)),
    ]
    area = scan_area(header(SequenceOfUltrasoundRegions=regions), SIZE)
    assert area.box == Box(10, 110, 190, 190)
    assert area.spacing_mm == pytest.approx((0.2, 0.1))
    assert "shows 2 scans" in area.warnings[0]


def test_a_region_in_other_units_gives_no_scale():
    assert scan_area(header(SequenceOfUltrasoundRegions=[region(0, 0, 9, 9, units=0)]), SIZE).spacing_mm is None


def test_where_one_region_does_not_fit_the_picture_none_is_believed():
    regions = [region(0, 0, 99, 99), region(0, 0, 300, 99, space=3)]
    area = scan_area(header(SequenceOfUltrasoundRegions=regions), SIZE)
    assert (area.box, area.spacing_mm, area.warnings) == (None, None, (MISFIT,))


def test_a_scale_that_no_ultrasound_has_is_said():
    area = scan_area(header(SequenceOfUltrasoundRegions=[region(0, 0, 199, 199, cm=(0.25, 0.25))]), SIZE)
    assert area.spacing_mm == pytest.approx((2.5, 2.5))
    assert "500 mm high" in area.warnings[0]


@pytest.mark.parametrize("item", [region(9, 9, 3, 3), region(0, 0, 9, 9, space=0), Dataset()])
def test_a_region_without_a_box_or_a_picture_is_none(item):
    assert scan_area(header(SequenceOfUltrasoundRegions=[item]), SIZE).box is None


def test_flow_is_known_by_a_region_or_by_the_fourth_value_of_the_image_type():
    assert is_colour_doppler(header(SequenceOfUltrasoundRegions=[region(0, 0, 9, 9, kind=2)]))
    assert is_colour_doppler(header(ImageType=["ORIGINAL", "PRIMARY", "", "0011"]))
    for image_type in (["ORIGINAL", "PRIMARY"], ["ORIGINAL", "PRIMARY", "", "0001"], ["A", "B", "C", "ABDOMEN"], "A"):
        assert not is_colour_doppler(header(ImageType=image_type))
    assert not is_colour_doppler(header())
