"""The longest diameter of a part, and its widest extent at right angles to it.

The border runs half-way between pixels inside and outside: a row of n pixels is n long, and 1 wide.

References
----------
Shamos 1978, "Computational Geometry", thesis, Yale University (antipodal pairs; "rotating calipers" since Toussaint
1983, "Solving geometric problems with the rotating calipers", MELECON).
Eisenhauer et al. 2009, "New response evaluation criteria in solid tumours", doi 10.1016/j.ejca.2008.10.026 (longest
diameter; the one at right angles is that of the WHO criteria of 1979).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""(N, 2), (y, x)."""

# So many lines across a part at most, whatever the spacing.
_MOST_LINES = 4096
_HALF_PIXEL = np.array([[-1, 0], [1, 0], [0, -1], [0, 1]], np.int32)


def longest_diameter(outline: NDArray[np.int32], spacing: tuple[float, float]) -> Points:
    """Return the two points (y, x) in pixels of a part's border that are farthest from each other.

    Exact for the border described above: rotating callipers on its convex hull, in millimetres.

    Parameters
    ----------
    outline
        (N, 2) border pixels (y, x), in any order.
    spacing
        Distance between neighbouring rows and columns.
    """
    vertices = hull(outline)
    first, second = _antipodal_pairs(vertices * spacing)
    lengths = np.hypot(*((vertices[first] - vertices[second]) * spacing).T)
    farthest = int(np.argmax(lengths))
    return vertices[[first[farthest], second[farthest]]]


def hull(outline: NDArray[np.int32]) -> Points:
    """Return the corners (M, 2) in pixels, in order, of the convex hull of the border of border pixels (N, 2)."""
    corners = cv2.convexHull(outline)[:, 0]
    # In half pixels, so that all is whole numbers, and the hull exact.
    midpoints = (2 * corners[:, np.newaxis] + _HALF_PIXEL).reshape(-1, 2)
    return cv2.convexHull(midpoints)[:, 0] / 2


def _antipodal_pairs(vertices: Points) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return pairs of corners of a convex polygon (M, 2), all those among them that parallel lines can hold it by."""
    sides = np.roll(vertices, -1, axis=0) - vertices
    angles = np.unwrap(np.arctan2(sides[:, 0], sides[:, 1]))
    if angles[-1] < angles[0]:
        angles = -angles
    turned = np.concatenate((angles, angles + 2 * np.pi))
    # Opposite a side is the corner at which the direction of the sides passes that of this one turned by 180 degrees.
    opposite = np.searchsorted(turned, angles + np.pi)
    count = len(vertices)
    # A neighbour on both sides: a pair too many costs nothing, one lost to rounding at parallel sides would.
    others = opposite[:, np.newaxis] + np.arange(-1, 2)
    ends = np.arange(count)[:, np.newaxis, np.newaxis] + np.arange(2)[:, np.newaxis]
    pairs = np.broadcast_arrays(ends % count, others[:, np.newaxis] % count)
    return pairs[0].ravel(), pairs[1].ravel()


def widest_across(outline: NDArray[np.int32], diameter: Points, spacing: tuple[float, float]) -> Points:
    """Return the ends (2, 2) in pixels of the widest extent of a part at right angles to its longest diameter.

    Both ends lie on the border and on one line; holes and notches between them are spanned. Lines are tried half a
    pixel apart.

    Parameters
    ----------
    outline
        (N, 2) border pixels (y, x), in order.
    diameter
        Two points (y, x) in pixels.
    spacing
        Distance between neighbouring rows and columns.
    """
    scale = np.asarray(spacing)
    along = (diameter[1] - diameter[0]) * scale
    along /= np.hypot(*along)
    across = np.array([-along[1], along[0]])
    points = outline * scale
    begins = np.stack((points @ along, points @ across), axis=1)
    lowest, highest, step = _extents(begins, min(spacing) / 2)
    line = int(np.argmax(highest - lowest))
    place = begins[:, 0].min() + line * step
    # From the centres of the border pixels to the border.
    margin = 0.5 / float(np.abs(across / scale).sum())
    ends = np.array([lowest[line] - margin, highest[line] + margin])
    widest: Points = (place * along + ends[:, np.newaxis] * across) / scale
    return widest


def _extents(corners: Points, step: float) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return how far a closed line through ``corners`` (N, 2), (u, v), reaches down and up in v.

    That is at every multiple of the third value from the lowest u on: ``step``, or more where the line is very long.
    """
    u, v = corners[:, 0] - corners[:, 0].min(), corners[:, 1]
    step = max(step, float(u.max()) / _MOST_LINES)
    count = int(u.max() / step) + 1
    lowest, highest = np.full(count, np.inf), np.full(count, -np.inf)
    next_u, next_v = np.roll(u, -1), np.roll(v, -1)
    first = np.ceil(np.minimum(u, next_u) / step).astype(np.intp)
    last = np.floor(np.maximum(u, next_u) / step).astype(np.intp)
    # All crossings of all sides at once; a side that runs along a line is taken at its first end.
    crossings = last - first + 1
    side = np.repeat(np.arange(len(u)), crossings)
    line = np.arange(len(side)) + (first - np.cumsum(crossings) + crossings)[side]
    is_along, run = next_u == u, np.where(next_u == u, 1.0, next_u - u)
    share = np.where(is_along[side], 0.0, (line * step - u[side]) / run[side])
    at = v[side] + share * (next_v - v)[side]
    np.minimum.at(lowest, line, at)
    np.maximum.at(highest, line, at)
    return lowest, highest, step
