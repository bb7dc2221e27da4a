"""Where the beam to the centre of a part leaves the probe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from streamseg.frame import Frame, Scores, Segmentation
from streamseg.geometry import Box
from streamseg.measure.depth import probe_face
from streamseg.outline import Outline
from tests.support.measured import ellipse_mask, segmented

CENTRE = np.array([120.0, 100.0])
MASK = ellipse_mask(20, 15, centre=(120, 100))


def test_of_a_linear_probe_it_is_the_top_of_the_scan_region():
    shown = segmented(MASK, scan_region=Box(12, 10, 180, 200))
    assert probe_face(shown, CENTRE) == pytest.approx((11.5, 100))


def test_without_a_scan_region_it_is_the_top_of_what_the_model_looks_at():
    assert probe_face(segmented(MASK, region=Box(7, 0, 190, 240)), CENTRE) == pytest.approx((6.5, 100))


def test_the_scan_that_was_found_in_the_picture_comes_before_the_region_and_after_what_the_source_knows():
    shown = replace(segmented(MASK, region=Box(7, 0, 190, 240)), scan=Outline.of_box(Box(15, 10, 180, 200)))
    assert probe_face(shown, CENTRE)[0] == 14.5
    known = replace(shown.frame, scan_region=Box(12, 10, 180, 200))
    assert probe_face(replace(shown, frame=known), CENTRE)[0] == 11.5


@pytest.mark.parametrize("column", [60, 100, 160])
def test_of_a_sector_it_is_the_curved_edge_above_the_centre(column):
    y, x = np.indices(MASK.shape)
    # The face of a curved probe of 80 px about a point above the picture.
    image = np.where(np.hypot(y + 50, x - 110) >= 80, 90, 0).astype(np.uint8)
    edge = -50 + np.sqrt(80**2 - (column - 110) ** 2)
    face = probe_face(segmented(MASK, image=image), np.array([120.0, column]))
    # The strip that is searched is five pixels wide.
    assert face == pytest.approx((edge - 0.5, column), abs=3)


def test_black_grains_of_speckle_are_not_taken_for_the_dark_beyond_the_probe():
    image = np.full(MASK.shape, 90, np.uint8)
    image[:40, 100] = 0
    assert probe_face(segmented(MASK, image=image), CENTRE)[0] == -0.5


def test_where_all_is_dark_it_is_the_top_of_the_region():
    dark = segmented(MASK, image=np.zeros(MASK.shape, np.uint8), scan_region=Box(12, 10, 180, 200))
    assert probe_face(dark, CENTRE)[0] == 11.5


def test_it_never_lies_below_the_centre():
    assert probe_face(segmented(MASK, scan_region=Box(150, 0, 50, 240)), CENTRE)[0] <= CENTRE[0]


def test_hounsfield_units_have_no_dark_beyond_a_probe():
    frame = Frame(np.full(MASK.shape, -1000, np.int16), 0, 0, unit="hu")
    scores = Scores(0, 0, 0, 0)
    shown = Segmentation(frame, MASK.astype(np.float32), MASK, Box.whole(MASK.shape), scores, 0.5, int(MASK.sum()))
    assert probe_face(shown, CENTRE)[0] == -0.5
