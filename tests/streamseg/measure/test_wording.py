"""Measurements as people read them."""

from __future__ import annotations

import pytest

from streamseg.measure.wording import words_of
from streamseg.measurement import Measurement


@pytest.mark.parametrize(
    ("measurement", "words"),
    [
        (Measurement("hc", 176.348, "mm"), "HC 176.3 mm"),
        (Measurement("bpd", 263.7, "px"), "BPD 264 px"),
        (Measurement("area", 3922.19, "mm2"), "area 3922.2 mm²"),
        (Measurement("area", 3922.19, "mm2", is_cut=True), "area 3922.2 mm², cut by the edge"),
        (Measurement("area", 0.0, "px"), "area 0 px"),
        (Measurement("longest", None, "mm", is_cut=True), "longest cut by the edge"),
        (Measurement("hc", None, "mm"), "HC not an ellipse"),
        (Measurement("perpendicular", 0.04, "mm"), "across 0.0 mm"),
        (Measurement("depth", 21.96, "mm"), "depth 22.0 mm"),
    ],
)
def test_a_measurement_is_said_with_its_unit(measurement, words):
    assert words_of(measurement) == words
