"""Millimetres per pixel as a person writes them."""

from __future__ import annotations

from dataclasses import replace

from streamseg.frame import Frame

Spacing = tuple[float, float]
# No pixel of a medical picture is larger.
LARGEST_MM = 50.0


def parse_spacing(text: str) -> Spacing | None:
    """Return (row, column) in mm of ``text``, one number or ``ROW,COLUMN``; None where it is empty.

    Raises
    ------
    ValueError
        It is neither, or not above 0 and at most 50 mm.
    """
    if not text:
        return None
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in (1, 2) or not all(0 < value <= LARGEST_MM for value in values):
        raise ValueError(f"give mm per pixel, above 0 and at most {LARGEST_MM:g}, as MM or ROW,COLUMN, got {text!r}")
    return values[0], values[-1]


def check_spacing(text: str) -> str:
    """Return ``text`` where `parse_spacing` takes it.

    Raises
    ------
    ValueError
        It does not.
    """
    parse_spacing(text)
    return text


def as_text(value: object) -> object:
    """Return a number as text, as a TOML file may hold one; anything else as it is."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else value


def spacing_text(spacing_mm: Spacing) -> str:
    """Return ``spacing_mm`` as `parse_spacing` reads it, to six digits."""
    row, column = (f"{value:.6g}" for value in spacing_mm)
    return row if row == column else f"{row},{column}"


def with_spacing(frame: Frame, text: str) -> Frame:
    """Return ``frame`` with the spacing that ``text`` says, or as it is where that is empty."""
    spacing_mm = parse_spacing(text)
    return frame if spacing_mm is None or spacing_mm == frame.spacing_mm else replace(frame, spacing_mm=spacing_mm)
