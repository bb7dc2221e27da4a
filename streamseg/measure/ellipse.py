"""The ellipse of a part, with its circumference: head circumference and biparietal diameter of a fetal head.

References
----------
Ramanujan 1914, "Modular Equations and Approximations to pi", Quarterly Journal of Mathematics 45 (circumference of an
ellipse).
Salomon et al. 2019, "ISUOG Practice Guidelines: ultrasound assessment of fetal biometry and growth",
doi 10.1002/uog.20272 (ellipse around the outside of the skull; biparietal diameter from outer to outer edge as one of
its conventions).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Size
from streamseg.measure.part import Part, box_of, largest_part

PIXEL_VARIANCE = 1 / 12
"""Of the square that a pixel is, about its centre, along each side of length 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Ellipse:
    """An ellipse in a picture.

    Attributes
    ----------
    centre
        (y, x) in pixels.
    long_axis, short_axis
        Half axes as vectors (y, x) in pixels. They are at right angles in millimetres.
    long, short
        Their lengths, in the unit of the spacing.
    filled
        Area of the part over that of the ellipse: 1 where the part is an ellipse, less for any other shape.
    """

    centre: NDArray[np.float64]
    long_axis: NDArray[np.float64]
    short_axis: NDArray[np.float64]
    long: float
    short: float
    filled: float

    def ends(self, half_axis: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the two points (2, 2) in pixels where an axis meets the line."""
        return np.stack((self.centre - half_axis, self.centre + half_axis))

    def mask(self, size: Size) -> NDArray[np.bool_]:
        """Return the pixels of a picture of ``size`` (height, width) whose centres lie inside, (H, W)."""
        rows, columns = np.indices(size) - self.centre[:, np.newaxis, np.newaxis]
        across = np.linalg.inv(np.stack((self.long_axis, self.short_axis), axis=1))
        along_long = across[0, 0] * rows + across[0, 1] * columns
        along_short = across[1, 0] * rows + across[1, 1] * columns
        return np.asarray(along_long**2 + along_short**2 <= 1, np.bool_)

    @property
    def circumference(self) -> float:
        """Length of the line, in the unit of the spacing; off by less than 0.05 % for any ellipse (Ramanujan)."""
        flatness = ((self.long - self.short) / (self.long + self.short)) ** 2
        return math.pi * (self.long + self.short) * (1 + 3 * flatness / (10 + math.sqrt(4 - 3 * flatness)))


def fit_ellipse(part: Part, spacing: tuple[float, float]) -> Ellipse:
    """Return the ellipse that has the area moments of ``part``.

    A filled ellipse has the variance a^2/4 along its half axis a. Moments, unlike a fit to the contour, count a pixel
    as the square that it is and do not lose its outer half.

    Parameters
    ----------
    spacing
        Distance between neighbouring rows and columns.
    """
    moments = cv2.moments(part.pixels)
    area_px, scale = moments["m00"], np.asarray(spacing)
    centre = np.array([moments["m01"] + part.box.top * area_px, moments["m10"] + part.box.left * area_px]) / area_px
    central = np.array([[moments["mu02"], moments["mu11"]], [moments["mu11"], moments["mu20"]]]) / area_px
    covariance = (central + PIXEL_VARIANCE * np.eye(2)) * np.outer(scale, scale)
    variances, directions = np.linalg.eigh(covariance)
    short, long = (float(length) for length in 2 * np.sqrt(variances))
    return Ellipse(
        centre=centre,
        long_axis=long * directions[:, 1] / scale,
        short_axis=short * directions[:, 0] / scale,
        long=long,
        short=short,
        filled=area_px * float(scale.prod()) / (math.pi * long * short),
    )


def ellipse_of(mask: NDArray[np.bool_], spacing: tuple[float, float]) -> Ellipse | None:
    """Return the ellipse of the largest part of ``mask`` (H, W); None if the mask is empty."""
    box = box_of(mask)
    return None if box is None else fit_ellipse(largest_part(mask, box), spacing)


def circumference(mask: NDArray[np.bool_], spacing: tuple[float, float]) -> float | None:
    """Return the circumference of the ellipse of the largest part of ``mask`` (H, W); None if the mask is empty.

    It is that of what is in the picture, also where the picture cuts the structure off.
    """
    ellipse = ellipse_of(mask, spacing)
    return None if ellipse is None else ellipse.circumference
