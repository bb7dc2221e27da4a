"""Millimetres per pixel from two points of a depth ruler and the distance between them that it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass

from streamseg.scan.spacing import LARGEST_MM, Spacing

PixelPoint = tuple[float, float]
"""(y, x) in pixels of the picture."""

# Nearer points than this make a click that is a pixel off an error of more than a tenth.
NEAREST_PX = 10.0
# No transducer shows more of a patient than this.
DEEPEST_MM = 400.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two points (y, x) in pixels of a picture, ``distance_mm`` apart. Pixels are taken to be square.

    A ruler along the depth tells nothing of the width; scanners show both at one scale.
    """

    first: PixelPoint
    second: PixelPoint
    distance_mm: float

    def __post_init__(self) -> None:
        if not 0 < self.distance_mm <= DEEPEST_MM:
            raise ValueError(f"the distance must be above 0 and at most {DEEPEST_MM:g} mm, got {self.distance_mm:g}")
        if self.distance_px < NEAREST_PX:
            raise ValueError(f"choose points at least {NEAREST_PX:g} px apart, got {self.distance_px:.1f} px")
        if self.distance_mm / self.distance_px > LARGEST_MM:
            raise ValueError(f"no pixel is {self.distance_mm / self.distance_px:.1f} mm large; check the distance")

    @property
    def distance_px(self) -> float:
        """Distance between the points, in pixels."""
        return math.dist(self.first, self.second)

    @property
    def spacing_mm(self) -> Spacing:
        """Distance between neighbouring pixels (row, column)."""
        scale = self.distance_mm / self.distance_px
        return scale, scale


@dataclass(frozen=True, slots=True)
class CalibrationDraft:
    """A calibration that is being made: points clicked so far, and the distance as typed. Immutable."""

    points: tuple[PixelPoint, ...] = ()
    typed: str = ""

    @property
    def request(self) -> str:
        """What the person is asked to do next."""
        if len(self.points) < 2:
            return f"click the {'second' if self.points else 'first'} of two marks of the depth ruler"
        return f"type the mm between them, then Enter: {self.typed}_"

    def with_point(self, point: PixelPoint) -> CalibrationDraft:
        """Return it with another point clicked; a third one begins anew."""
        return CalibrationDraft((*self.points, point)) if len(self.points) < 2 else CalibrationDraft((point,))

    def with_key(self, text: str) -> CalibrationDraft:
        """Return it with a digit or a decimal point typed; other keys change nothing."""
        text = "." if text == "," else text
        is_digit = text.isascii() and text.isdecimal()
        if len(self.points) < 2 or not (is_digit or (text == "." and "." not in self.typed)):
            return self
        return CalibrationDraft(self.points, self.typed + text)

    def without_last_key(self) -> CalibrationDraft:
        """Return it without what was typed last."""
        return CalibrationDraft(self.points, self.typed[:-1])

    def finish(self) -> Calibration:
        """Return the calibration.

        Raises
        ------
        ValueError
            Something is missing, or it makes no sense.
        """
        if len(self.points) < 2:
            raise ValueError(self.request)
        try:
            distance_mm = float(self.typed)
        except ValueError as err:
            raise ValueError("type the distance in mm first") from err
        return Calibration(self.points[0], self.points[1], distance_mm)
