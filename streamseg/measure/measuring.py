"""All measurements of a segmentation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Segmentation
from streamseg.geometry import Box
from streamseg.measure.depth import probe_face
from streamseg.measure.diameters import longest_diameter, widest_across
from streamseg.measure.ellipse import Ellipse, fit_ellipse
from streamseg.measure.part import Part, Parts, reaches_edge, reaches_outline
from streamseg.measurement import Measured, Measurement
from streamseg.model_card import MeasurementKind

LEAST_FILLED = 0.99
"""Share of its ellipse that a part must fill to be one. Exact masks of HC18 fill 0.9998 and more, those of the bundled
model on its pictures 0.996 and more, and those of heads cropped to a part of them 0.984 and less."""


def measure(segmentation: Segmentation, kinds: Iterable[MeasurementKind]) -> tuple[Measurement, ...]:
    """Return the measurements of ``kinds`` on the mask of ``segmentation``, in that order.

    The area is that of the whole mask, all else of its largest connected part; of an empty mask there is only the area.
    In millimetres where the frame's spacing is known, else in pixels, taken to be square. A part that reaches the edge
    of the picture, the scan or the region of interest has lengths without a value: there may be more of it beyond. Nor
    is there a value for an ellipse where the part is none.
    """
    return measure_parts(segmentation, Parts.of(segmentation.mask), kinds)


def measure_parts(
    segmentation: Segmentation, parts: Parts | None, kinds: Iterable[MeasurementKind]
) -> tuple[Measurement, ...]:
    """Return what `measure` does, where the parts of the mask are known already; None for those of an empty one."""
    if parts is None:
        return tuple(_area(segmentation, is_cut=False) for kind in kinds if kind == "area")
    subject = _Subject(segmentation, parts)
    return tuple(measurement for kind in kinds for measurement in _TAKERS[kind](subject))


class _Subject:
    """A segmentation with a mask that is not empty, and what several measurements share, worked out when needed."""

    def __init__(self, segmentation: Segmentation, parts: Parts) -> None:
        self.segmentation = segmentation
        self.parts = parts
        self.spacing = segmentation.frame.spacing_mm or (1.0, 1.0)

    @property
    def part(self) -> Part:
        return self.parts.largest

    @cached_property
    def ellipse(self) -> Ellipse:
        return fit_ellipse(self.part, self.spacing)

    @cached_property
    def is_part_cut(self) -> bool:
        """Whether there may be more of the largest part beyond what could be seen."""
        scan = self.segmentation.scan
        return self._reaches_edge(self.part.box) or (scan is not None and reaches_outline(self.part, scan))

    @property
    def is_any_cut(self) -> bool:
        """Whether there may be more of any part."""
        return self.is_part_cut or self._reaches_edge(self.parts.box)

    def _reaches_edge(self, box: Box) -> bool:
        scan_region = self.segmentation.frame.scan_region
        limits = (self.segmentation.region, scan_region or self.segmentation.region)
        return any(reaches_edge(box, limit) for limit in limits)

    def length(
        self, kind: Measured, value: float, points: NDArray[np.float64], *, is_there: bool = True
    ) -> Measurement:
        """Return a length of the largest part, taken at ``points`` (N, 2); without a value unless it ``is_there``."""
        unit: Literal["px", "mm"] = "px" if self.segmentation.frame.spacing_mm is None else "mm"
        if self.is_part_cut or not is_there:
            return Measurement(kind, None, unit, is_cut=self.is_part_cut)
        return Measurement(kind, value, unit, tuple(map(tuple, points.tolist())))

    def distance(self, kind: Measured, ends: NDArray[np.float64]) -> Measurement:
        """Return how far two points (2, 2) in pixels are from each other."""
        return self.length(kind, float(np.hypot(*((ends[1] - ends[0]) * self.spacing))), ends)


def _area(segmentation: Segmentation, *, is_cut: bool) -> Measurement:
    if segmentation.area_mm2 is None:
        return Measurement("area", float(segmentation.area_px), "px", is_cut=is_cut)
    return Measurement("area", segmentation.area_mm2, "mm2", is_cut=is_cut)


def _diameters(subject: _Subject) -> tuple[Measurement, ...]:
    outline, spacing = subject.part.outline, subject.spacing
    longest = longest_diameter(outline, spacing)
    across = widest_across(outline, longest, spacing)
    return subject.distance("longest", longest), subject.distance("perpendicular", across)


def _depth(subject: _Subject) -> tuple[Measurement, ...]:
    centre = subject.ellipse.centre
    return (subject.distance("depth", np.stack((probe_face(subject.segmentation, centre), centre))),)


def _head_circumference(subject: _Subject) -> tuple[Measurement, ...]:
    ellipse = subject.ellipse
    ends = np.concatenate((ellipse.ends(ellipse.long_axis), ellipse.ends(ellipse.short_axis)))
    return (subject.length("hc", ellipse.circumference, ends, is_there=ellipse.filled >= LEAST_FILLED),)


def _biparietal_diameter(subject: _Subject) -> tuple[Measurement, ...]:
    ellipse = subject.ellipse
    ends, is_there = ellipse.ends(ellipse.short_axis), ellipse.filled >= LEAST_FILLED
    return (subject.length("bpd", 2 * ellipse.short, ends, is_there=is_there),)


_TAKERS: Mapping[MeasurementKind, Callable[[_Subject], tuple[Measurement, ...]]] = MappingProxyType(
    {
        "area": lambda subject: (_area(subject.segmentation, is_cut=subject.is_any_cut),),
        "diameters": _diameters,
        "depth": _depth,
        "hc": _head_circumference,
        "bpd": _biparietal_diameter,
    }
)
