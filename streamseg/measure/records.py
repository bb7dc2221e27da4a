"""Measurements as plain values, as logs keep them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast, get_args

from streamseg.measurement import Measured, Measurement

_UNITS = ("mm", "mm2", "px")


def measurement_record(measurement: Measurement) -> dict[str, Any]:
    """Return what ``measurement`` says, without its points."""
    return {
        "kind": measurement.kind,
        "value": measurement.value,
        "unit": measurement.unit,
        "is_cut": measurement.is_cut,
    }


def read_measurement(record: Mapping[str, Any]) -> Measurement:
    """Return the measurement of a record.

    Raises
    ------
    KeyError, TypeError, ValueError
        It is none of `measurement_record`.
    """
    kind, value, unit = record["kind"], record["value"], record["unit"]
    if kind not in get_args(Measured) or unit not in _UNITS:
        raise ValueError(f"a measurement has a known kind and unit, got {kind!r} in {unit!r}")
    return Measurement(cast("Measured", kind), None if value is None else float(value), unit, is_cut=record["is_cut"])
