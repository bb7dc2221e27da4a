"""The pixels of a slice in the frame of a standard head, and soft shapes to paint on them.

All anatomy is written down once, for a head 136 mm wide, 170 mm long and 135 mm high inside; a real head is this one
stretched and bent. Points are (x, y, z) in mm: to the right of an upright picture, to the back, upwards, from a point
on the level of the foramen magnum, in the middle of the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from training.phantoms.ct.slice import Floats

Point = tuple[float, float, float]
STANDARD_MM: Point = (68.0, 85.0, 135.0)
"""Half width, half length and height of the standard head, inside."""
BLOCK = 8
"""Whether a shape meets a slice is decided for blocks of so many pixels."""
BEND_MM = 9.0
"""No head is bent further than this from the stretched standard one."""


class Patch(NamedTuple):
    """A shape where it meets the slice: a window of the picture, and the share of each pixel in it that it fills."""

    rows: slice
    columns: slice
    share: Floats

    def paint(self, picture: Floats, value: float) -> None:
        """Fill the shape in ``picture`` with ``value``."""
        window = picture[self.rows, self.columns]
        window += (np.float32(value) - window) * self.share

    def clear(self, picture: Floats) -> None:
        """Set ``picture`` to 0 within the shape."""
        self.paint(picture, 0.0)

    def join(self, picture: Floats) -> None:
        """Add the shape to a ``picture`` of shares."""
        window = picture[self.rows, self.columns]
        np.maximum(window, self.share, out=window)


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Where the pixels of a slice lie in the standard head, in mm.

    Attributes
    ----------
    x, y, z
        (h, w), whole blocks.
    blocks
        (3, h / BLOCK, w / BLOCK): the middles of blocks of BLOCK x BLOCK pixels.
    pixel_mm
        Distance between neighbouring pixels.
    """

    x: Floats
    y: Floats
    z: Floats
    blocks: Floats
    pixel_mm: float

    def ball(self, centre: Point, radius_mm: float) -> tuple[slice, slice] | None:
        """Return the window of the picture that may meet a ball, or None."""
        away = self.blocks - np.array(centre, np.float32)[:, np.newaxis, np.newaxis]
        # The corner of a block is 0.71 of its width from its middle.
        reach = radius_mm + 0.75 * BLOCK * self.pixel_mm
        is_near = np.einsum("ijk,ijk->jk", away, away) < reach**2
        rows = np.flatnonzero(is_near.any(axis=1))
        if not rows.size:
            return None
        columns = np.flatnonzero(is_near.any(axis=0))
        return (
            slice(int(rows[0]) * BLOCK, (int(rows[-1]) + 1) * BLOCK),
            slice(int(columns[0]) * BLOCK, (int(columns[-1]) + 1) * BLOCK),
        )

    def ellipsoid(self, centre: Point, half_mm: Point, *, turn_rad: float = 0.0, soft_mm: float = 0.9) -> Patch | None:
        """Return an ellipsoid, or None if missed; ``turn_rad`` about the vertical moves its front end to the left."""
        window = self.ball(centre, max(half_mm))
        if window is None:
            return None
        x, y, z = (axis[window] - np.float32(c) for axis, c in zip((self.x, self.y, self.z), centre, strict=True))
        if turn_rad:
            cos, sin = np.float32(np.cos(turn_rad)), np.float32(np.sin(turn_rad))
            x, y = x * cos - y * sin, y * cos + x * sin
        half_x, half_y, half_z = (np.float32(h) for h in half_mm)
        squares = np.square(x / half_x) + np.square(y / half_y) + np.square(z / half_z)
        slope = np.sqrt(np.square(x / half_x**2) + np.square(y / half_y**2) + np.square(z / half_z**2))
        # In the very middle both vanish; there the depth is the smallest half axis.
        root = np.sqrt(squares) + np.float32(1e-3)
        slope += np.float32(1e-3 / min(half_mm))
        return Patch(*window, soft_step((1 - root) * root / slope, soft_mm))

    def tube(
        self, start: Point, end: Point, radii_mm: tuple[float, float], *, stretch: Point = (1.0, 1.0, 1.0)
    ) -> Patch | None:
        """Return a tube with round ends, whose radius runs from the first to the second; None if missed.

        ``stretch`` widens it along each axis.
        """
        first, last = np.asarray(start, np.float32), np.asarray(end, np.float32)
        length = float(np.linalg.norm(last - first))
        window = self.ball(_middle(start, end), length / 2 + max(radii_mm) * max(stretch))
        if window is None:
            return None
        scale = np.asarray(stretch, np.float32)
        along = (last - first) / scale
        offsets = [(axis[window] - f) / s for axis, f, s in zip((self.x, self.y, self.z), first, scale, strict=True)]
        across, down, up = offsets
        share = (across * along[0] + down * along[1] + up * along[2]) / np.float32(along @ along + 1e-6)
        share = np.clip(share, 0, 1)
        distance = np.sqrt(
            np.square(across - share * along[0]) + np.square(down - share * along[1]) + np.square(up - share * along[2])
        )
        radius = np.float32(radii_mm[0]) + np.float32(radii_mm[1] - radii_mm[0]) * share
        return Patch(*window, soft_step(radius - distance, 0.9))


def _middle(start: Point, end: Point) -> Point:
    return (start[0] + end[0]) / 2, (start[1] + end[1]) / 2, (start[2] + end[2]) / 2


def soft_step(depth_mm: Floats, soft_mm: float) -> Floats:
    """Return the share, 0 to 1, of what begins where ``depth_mm`` is 0, with a border ``soft_mm`` wide."""
    return np.asarray(np.clip(depth_mm / np.float32(soft_mm) + np.float32(0.5), 0, 1), np.float32)
