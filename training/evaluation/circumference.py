"""Head circumference from a mask."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

PIXEL_VARIANCE = 1 / 12


def circumference_mm(mask: NDArray[np.bool_], spacing_mm: float) -> float | None:
    """Return the circumference of the ellipse that has the area moments of the mask's largest part; None if empty.

    A filled ellipse has the variance a^2/4 along its half axis a. Moments, unlike a fit to the contour, count a pixel
    as the square that it is and do not lose its outer half.

    References
    ----------
    Ramanujan 1914, "Modular Equations and Approximations to pi", Quarterly Journal of Mathematics 45 (circumference
    of an ellipse).
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    points = np.stack(np.nonzero(labels == largest)).astype(np.float64)
    covariance = np.cov(points, bias=True) + PIXEL_VARIANCE * np.eye(2)
    short, long = 2 * np.sqrt(np.linalg.eigvalsh(covariance))
    flatness = ((long - short) / (long + short)) ** 2
    length_px = math.pi * (long + short) * (1 + 3 * flatness / (10 + math.sqrt(4 - 3 * flatness)))
    return float(length_px * spacing_mm)
