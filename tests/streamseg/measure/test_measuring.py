"""What is measured on a segmentation, in which unit, and when nothing is claimed."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import get_args

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from streamseg.geometry import Box
from streamseg.measure import measure
from streamseg.model_card import MeasurementKind
from streamseg.outline import Outline
from tests.support.measured import ellipse_mask, segmented

ALL = get_args(MeasurementKind)
HEAD = ellipse_mask(70, 50, 0.4)


def by_kind(segmentation, kinds=ALL):
    return {each.kind: each for each in measure(segmentation, kinds)}


def test_they_come_in_the_order_asked_for():
    assert [each.kind for each in measure(segmented(HEAD), ("bpd", "diameters", "area"))] == [
        "bpd", "longest", "perpendicular", "area"
    ]  # fmt: skip
    assert measure(segmented(HEAD), ()) == ()


def test_an_ellipse_is_measured_in_millimetres_where_the_spacing_is_known():
    found = by_kind(segmented(HEAD, spacing_mm=(0.5, 0.5)))
    assert {kind: each.unit for kind, each in found.items()} == dict.fromkeys(found, "mm") | {"area": "mm2"}
    assert found["area"].value == HEAD.sum() / 4
    assert found["longest"].value == pytest.approx(70, abs=0.5)
    assert found["perpendicular"].value == pytest.approx(50, abs=0.5)
    assert found["bpd"].value == pytest.approx(50, rel=5e-3)
    assert found["hc"].value == pytest.approx(189.5, rel=2.5e-3)
    assert found["depth"].value == pytest.approx((99.8 + 0.5) / 2, abs=0.1)


def test_without_spacing_everything_is_in_pixels_and_says_so():
    with_mm, without = (by_kind(segmented(HEAD, spacing_mm=spacing)) for spacing in ((1.0, 1.0), None))
    assert {each.unit for each in without.values()} == {"px"}
    for kind, each in without.items():
        assert each.value == with_mm[kind].value


def test_of_an_empty_mask_there_is_only_the_area():
    (area,) = measure(segmented(np.zeros((20, 30), bool), spacing_mm=(1, 1)), ALL)
    assert (area.kind, area.value, area.unit, area.is_cut) == ("area", 0, "mm2", False)


@given(arrays.arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14))))
def test_any_mask_is_measured_or_said_to_be_cut(mask):
    for each in measure(segmented(mask, spacing_mm=(0.3, 0.7)), ALL):
        if each.value is None:
            assert each.is_cut or each.kind in ("hc", "bpd")
            assert not each.points
        else:
            assert np.isfinite(each.value)
            assert each.value >= 0


@pytest.mark.parametrize("centre", [(99.8, 40), (99.8, 200), (30, 119.3), (170, 119.3)])
def test_a_head_that_the_picture_cuts_off_has_no_lengths_and_an_area_that_says_so(centre):
    found = by_kind(segmented(ellipse_mask(70, 50, centre=centre), spacing_mm=(1, 1)))
    assert all(each.is_cut for each in found.values())
    assert {kind for kind, each in found.items() if each.value is not None} == {"area"}


@pytest.mark.parametrize("limits", ["region", "scan_region"])
def test_the_edges_of_the_region_of_interest_and_of_the_scan_cut_off_too(limits):
    assert by_kind(segmented(HEAD, **{limits: Box(30, 30, 150, 120)}))["hc"].is_cut
    assert not by_kind(segmented(HEAD, **{limits: Box(10, 10, 185, 225)}))["hc"].is_cut


def test_the_line_of_a_sector_cuts_off_too():
    shown = replace(segmented(HEAD), scan=Outline(((0, 119), (199, 0), (199, 239))))
    assert by_kind(shown)["bpd"].is_cut
    assert by_kind(shown)["area"].is_cut
    assert not by_kind(replace(shown, scan=Outline.of_box(Box(0, 0, 200, 240))))["bpd"].is_cut


def test_a_speck_at_the_edge_does_not_cut_off_a_head_in_full_view():
    mask = HEAD.copy()
    mask[:3, :3] = True
    found = by_kind(segmented(mask))
    assert found["area"].is_cut
    assert not found["hc"].is_cut
    assert found["hc"].value == by_kind(segmented(HEAD))["hc"].value


@pytest.mark.parametrize("shape", ["half of it", "a box", "two heads that touch", "a pixel"])
def test_what_is_no_ellipse_has_no_circumference_and_the_other_lengths(shape):
    mask = HEAD.copy()
    if shape == "half of it":
        mask[:, :120] = False
    elif shape == "two heads that touch":
        mask |= ellipse_mask(40, 40, centre=(60, 60))
    else:
        mask[...] = False
        mask[40:150, 40:200] = shape == "a box"
        mask[100, 100] = True
    found = by_kind(segmented(mask, spacing_mm=(1, 1)))
    assert {kind for kind, each in found.items() if each.value is None} == {"hc", "bpd"}
    assert not found["hc"].is_cut


def test_a_hole_takes_from_the_area_and_from_no_length():
    mask = HEAD.copy()
    mask[95:105, 110:130] = False
    whole, holed = by_kind(segmented(HEAD)), by_kind(segmented(mask))
    assert holed["area"].value == whole["area"].value - 200
    for kind in set(whole) - {"area"}:
        assert holed[kind].value == whole[kind].value


def test_the_points_are_where_the_lengths_were_taken():
    spacing_mm = 0.4, 0.25
    for each in measure(segmented(HEAD, spacing_mm=spacing_mm), ("diameters", "depth", "bpd")):
        first, second = np.array(each.points)
        assert np.hypot(*((second - first) * spacing_mm)) == pytest.approx(each.value)


def test_circumferences_of_real_heads_are_within_one_per_cent_of_the_experts(shared_data):
    """On a ninth of the exact masks of HC18; ``benchmarks/circumference.py`` takes all of them."""
    folder = shared_data / "us" / "hc18"
    with (folder / "pixel_size_and_hc.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[::9]
    errors = []
    for row in rows:
        mask = cv2.imread(str(folder / "masks" / row["filename"]), cv2.IMREAD_GRAYSCALE) > 127
        spacing_mm = float(row["pixel_size_mm"])
        found = by_kind(segmented(mask, spacing_mm=(spacing_mm, spacing_mm)), ("hc",))["hc"]
        if not found.is_cut:
            errors.append(abs(found.value / float(row["head_circumference_mm"]) - 1))
    assert len(errors) > 80
    assert max(errors) < 0.01
    assert np.mean(errors) < 0.005
