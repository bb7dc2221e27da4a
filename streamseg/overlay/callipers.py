"""What was measured, drawn as an ultrasound scanner does: dotted lines with marks at their ends, values in a corner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Segmentation
from streamseg.geometry import Box, Size
from streamseg.measurement import Measured, Measurement
from streamseg.overlay.contour import HALO
from streamseg.overlay.lettering import Rgb
from streamseg.overlay.mark import Mark
from streamseg.overlay.readings import Reading, placed_readings
from streamseg.overlay.strip import type_size_px

INK: Rgb = (255, 238, 140)

Points = NDArray[np.float64]
"""(..., 2), (y, x) in pixels."""

# Coordinates are handed to OpenCV in sixteenths of a pixel.
_SHIFT = 4
_TURN = np.linspace(0, 2 * np.pi, 129)
_ROUND = np.stack((np.cos(_TURN), np.sin(_TURN)), axis=1)
_RING = _ROUND[:-1:16] * (0.9, 1.3)
_PLUS = np.array([[[-1.0, 0.0], [1.0, 0.0]], [[0.0, -1.0], [0.0, 1.0]]])
_CROSS = np.array([[[-1.0, -1.0], [1.0, 1.0]], [[-1.0, 1.0], [1.0, -1.0]]]) * 0.75
_SQUARE = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [1.0, -1.0]])
_MARKS: MappingProxyType[Measured, Points] = MappingProxyType({"longest": _PLUS, "perpendicular": _CROSS})
# Half the length of an end bar, in that of other marks: along an outline a short one is not seen.
_BAR = 1.6
# Half the size of the sign before a value, as a share of the type size.
_SIGN_SHARE = 0.35
_NO_STROKES = np.empty((0, 2, 2))
_NO_DOTS = np.empty((0, 2))


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What is drawn of a measurement: dots (N, 2), and straight strokes between two points each, (N, 2, 2)."""

    dots: Points
    strokes: Points


class Lines(NamedTuple):
    """Closed lines of one colour and width, as OpenCV draws them."""

    points: list[NDArray[np.int32]]
    shade: Rgb
    width_px: int


def calliper_marks(segmentation: Segmentation) -> tuple[Mark, ...]:
    """Return the measurements of ``segmentation`` as one mark, or none where there is nothing to say.

    Lines lie where the lengths were taken. Values stand outside the mask and off the lines, or nowhere where there is
    no such place.
    """
    measurements, size = segmentation.measurements, segmentation.frame.size
    if not segmentation.area_px or not measurements:
        return ()
    mark_px = mark_size_px(size)
    drawings = [_drawing(each, mark_px) for each in measurements if each.points]
    lines = np.concatenate([_NO_DOTS, *(each.dots for each in drawings)])
    readings = placed_readings(measurements, segmentation.mask, lines, INK)
    sign_px = _SIGN_SHARE * type_size_px(size[1])
    signs = [_sign(each.kind, reading.spot, sign_px) for each, reading in zip(measurements, readings, strict=False)]
    drawn = _lines([*drawings, *signs], max(1, round(min(size) / 500)))
    # The values stand at the sides of the picture, and the lines in the middle of it.
    return (Mark(Box.whole(size), partial(_paint, readings=readings, lines=drawn)),)


def mark_size_px(size: Size) -> float:
    """Return half the length of the marks at the ends of a line, in a picture of ``size`` (height, width)."""
    return max(3.5, min(size) / 90)


def _drawing(measurement: Measurement, mark_px: float) -> Drawing:
    points = np.array(measurement.points)
    spacing_px = max(6.0, 1.4 * mark_px)
    if measurement.kind == "hc":
        return Drawing(_dots(_ellipse(points), spacing_px), _NO_STROKES)
    dots = _dots(points, spacing_px)
    if measurement.kind in _MARKS:
        return Drawing(dots, (points[:, np.newaxis, np.newaxis] + mark_px * _MARKS[measurement.kind]).reshape(-1, 2, 2))
    direction = points[1] - points[0]
    across = _BAR * mark_px * np.array([-direction[1], direction[0]]) / max(float(np.hypot(*direction)), 1e-9)
    return Drawing(dots, points[:, np.newaxis] + np.stack((-across, across)))


def _ellipse(ends: Points) -> Points:
    """Return a closed line (N, 2), from the ends (4, 2) of the axes of an ellipse.

    Axes at right angles in millimetres are conjugate ones in pixels, which give the same ellipse.
    """
    half_axes = (ends[1::2] - ends[::2]) / 2
    line: Points = ends.sum(axis=0) / len(ends) + _ROUND @ half_axes
    return line


def _dots(line: Points, spacing_px: float) -> Points:
    """Return points (N, 2) on a ``line`` (M, 2), evenly spaced from its beginning to its end."""
    along = np.zeros(len(line))
    np.cumsum(np.hypot(*(line[1:] - line[:-1]).T), out=along[1:])
    count = max(1, round(along[-1] / spacing_px))
    places = np.arange(count + 1) * (along[-1] / count)
    return np.array([np.interp(places, along, line[:, axis]) for axis in (0, 1)]).T


def _sign(kind: Measured, middle: tuple[float, float], mark_px: float) -> Drawing:
    """Return the sign of a kind about ``middle``, to stand before its value: what its line looks like."""
    if kind == "area":
        return Drawing(_NO_DOTS, _NO_STROKES)
    if kind == "hc":
        return Drawing(middle + mark_px * _RING, _NO_STROKES)
    if kind in _MARKS:
        return Drawing(_NO_DOTS, middle + mark_px * _MARKS[kind])
    bars = np.array([[[-0.8, -1.2], [0.8, -1.2]], [[-0.8, 1.2], [0.8, 1.2]], [[0, -1.2], [0, 1.2]]])
    return Drawing(_NO_DOTS, middle + mark_px * (bars if kind == "bpd" else bars[..., ::-1]))


def _lines(drawings: Sequence[Drawing], width_px: int) -> tuple[Lines, ...]:
    """Return what is to be drawn, in this order: dots and then strokes, each over its halo."""
    dots = np.concatenate([_NO_DOTS, *(each.dots for each in drawings)])
    # Dots as small squares of thin lines: OpenCV takes a quarter of the time that it needs for round ones.
    half_px = min(1.0, 0.6 * width_px)
    corners = np.stack(((half_px + 1) * _SQUARE, half_px * _SQUARE))
    halos, squares = _fixed(dots[:, np.newaxis] + corners[:, np.newaxis])
    strokes = list(_fixed(np.concatenate([_NO_STROKES, *(each.strokes for each in drawings)])))
    return (
        Lines(list(halos), HALO, width_px),
        Lines(list(squares), INK, width_px),
        Lines(strokes, HALO, width_px + 2),
        Lines(strokes, INK, width_px),
    )


def _fixed(points: Points) -> NDArray[np.int32]:
    """Return ``points`` (..., 2) as OpenCV takes them: (x, y) in sixteenths of a pixel."""
    return np.rint(points[..., ::-1] * (1 << _SHIFT)).astype(np.int32)


def _paint(pane: NDArray[np.uint8], *, readings: Sequence[Reading], lines: Sequence[Lines]) -> None:
    for reading in readings:
        reading.paint(pane)
    for points, shade, width_px in lines:
        cv2.polylines(pane, points, isClosed=True, color=shade, thickness=width_px, lineType=cv2.LINE_AA, shift=_SHIFT)
