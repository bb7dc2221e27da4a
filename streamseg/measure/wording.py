"""Measurements in words, with their units, as people read them."""

from __future__ import annotations

from types import MappingProxyType

from streamseg.measurement import Measured, Measurement

CUT = "cut by the edge"
NO_ELLIPSE = "not an ellipse"
_NAMES: MappingProxyType[Measured, str] = MappingProxyType(
    {
        "area": "area",
        "longest": "longest",
        "perpendicular": "across",
        "depth": "depth",
        "hc": "HC",
        "bpd": "BPD",
    }
)


def name_of(kind: Measured) -> str:
    """Return what ``kind`` is called."""
    return _NAMES[kind]


def words_of(measurement: Measurement) -> str:
    """Return ``measurement`` as in ``HC 176.3 mm``: tenths of a millimetre, or whole pixels."""
    name = name_of(measurement.kind)
    if measurement.value is None:
        return f"{name} {CUT if measurement.is_cut else NO_ELLIPSE}"
    words = f"{name} {value_of(measurement.value, measurement.unit)}"
    return f"{words}, {CUT}" if measurement.is_cut else words


def value_of(value: float, unit: str) -> str:
    """Return ``value`` with its unit."""
    return f"{value:.0f} px" if unit == "px" else f"{value:.1f} {unit.replace('2', '²')}"
