"""How deep the centre of a part lies below the face of the probe."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Segmentation
from streamseg.geometry import Box

# Grey value above which a pixel counts as picture, as in `streamseg.geometry.content_box`.
_FLOOR = 12
# Speckle has black grains: the strip that is searched is this share of the picture wide, half to each side.
_HALF_STRIP_SHARE = 1 / 128


def probe_face(segmentation: Segmentation, centre: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the point (y, x) in pixels where the beam to ``centre`` (y, x) leaves the probe.

    The rule is simple: straight up from the centre, the first row of the scan region in which there is any picture.
    That is the top of the region for a linear probe, and the curved edge for a sector. Where neither the source knows
    its scan region nor the picture shows one, it is the region that the model looks at.
    """
    frame, scan = segmentation.frame, segmentation.scan
    region = frame.scan_region or (segmentation.region if scan is None else scan.box)
    top = region.top + (_dark_rows(frame.image, region, centre) if frame.unit == "grey" else 0)
    # The upper border of that row.
    return np.array([min(top - 0.5, centre[0]), centre[1]])


def _dark_rows(image: NDArray[Any], region: Box, centre: NDArray[np.float64]) -> int:
    """Return how many rows are dark from the top of ``region`` down, above ``centre``; 0 where all are."""
    half = max(1, round(region.width * _HALF_STRIP_SHARE))
    middle = round(float(centre[1]))
    strip = image[region.top : round(float(centre[0])), max(0, middle - half) : middle + half + 1]
    is_picture = (strip > _FLOOR).any(axis=tuple(range(1, strip.ndim)))
    return int(np.argmax(is_picture)) if is_picture.any() else 0
