"""Something measured on a mask; `streamseg.measure` takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Measured = Literal["area", "longest", "perpendicular", "depth", "hc", "bpd"]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Something measured on a mask, and where; see `streamseg.measure`.

    Attributes
    ----------
    kind
        ``area`` of the mask; of its largest part the ``longest`` diameter and the widest extent ``perpendicular`` to
        it, the ``depth`` of the centre below the probe's face, head circumference (``hc``) and biparietal diameter
        (``bpd``, outer to outer) of its ellipse; see ``docs/measurements.md``.
    value
        None for a length that would be cut short, and for an ellipse that is none.
    unit
        Pixels where the frame has no spacing.
    points
        (y, x) in pixels, centres of pixels at whole numbers: both ends of a line, of ``depth`` the probe's face first;
        the ends of the long and then of the short axis of an ellipse. Empty for an area, and without a value.
    is_cut
        Whether the edge of the picture, of the scan or of the region of interest cuts it off.
    """

    kind: Measured
    value: float | None
    unit: Literal["mm", "mm2", "px"]
    points: tuple[tuple[float, float], ...] = ()
    is_cut: bool = False
