"""Measurements in a log."""

from __future__ import annotations

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamseg.measure.records import measurement_record, read_measurement
from streamseg.measurement import Measured, Measurement

MEASUREMENTS = st.builds(
    Measurement,
    kind=st.sampled_from(get_args(Measured)),
    value=st.none() | st.floats(0, 1e6),
    unit=st.sampled_from(("mm", "mm2", "px")),
    is_cut=st.booleans(),
)


@given(MEASUREMENTS)
def test_what_a_log_says_reads_back_as_the_same(measurement):
    assert read_measurement(json.loads(json.dumps(measurement_record(measurement)))) == measurement


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "volume", "value": 1.0, "unit": "mm", "is_cut": False},
        {"kind": "hc", "value": 1.0, "unit": "inch", "is_cut": False},
        {"kind": "hc", "value": "wide", "unit": "mm", "is_cut": False},
        {"kind": "hc", "unit": "mm", "is_cut": False},
    ],
)
def test_what_is_no_measurement_is_refused(record):
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_measurement(record)
