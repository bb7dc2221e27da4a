"""The outline of the mask: smooth, antialiased, with a thin dark halo so that it reads on any grey."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Size

HALO = (16, 16, 16)
# Coordinates are handed to OpenCV in sixteenths of a pixel.
_SHIFT = 4
# Outlines of fewer points are drawn as they are: smoothing would eat them.
_FEWEST_TO_SMOOTH = 24


def line_width_px(size: Size) -> int:
    """Return the width of the outline, without its halo, in a picture of ``size`` (height, width)."""
    return max(1, round(min(size) / 320))


def paint_contour(canvas: NDArray[np.uint8], mask: NDArray[np.bool_], colour: tuple[int, int, int]) -> None:
    """Draw the outline of ``mask`` (H, W), holes included, onto ``canvas`` (H, W, 3) in an RGB ``colour``."""
    bits = np.ascontiguousarray(mask).view(np.uint8)
    left, top, box_width, box_height = cv2.boundingRect(bits)
    if box_width == 0:
        return
    inside = bits[top : top + box_height, left : left + box_width]
    contours, _ = cv2.findContours(inside, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=(left, top))
    width = line_width_px(mask.shape)
    sigma_px = 1 + min(mask.shape) / 480
    smooth = [_smooth(contour, sigma_px) for contour in contours if len(contour) >= _FEWEST_TO_SMOOTH]
    small = [contour for contour in contours if len(contour) < _FEWEST_TO_SMOOTH]
    for thickness, shade in ((width + 2, HALO), (width, colour)):
        cv2.polylines(
            canvas, smooth, isClosed=True, color=shade, thickness=thickness, lineType=cv2.LINE_AA, shift=_SHIFT
        )
        # A pixel wider than the rest: at 1 px OpenCV draws no point at all, and the smallest must be seen too.
        cv2.drawContours(canvas, small, -1, shade, thickness + 1, cv2.LINE_AA)


def _smooth(contour: NDArray[Any], sigma_px: float) -> NDArray[Any]:
    """Return a closed ``contour`` (N, 1, 2) blurred along itself, thinned, in sixteenths of a pixel.

    The outline of a mask goes in whole pixels; a Gaussian of ``sigma_px`` along it takes the stairs away and moves a
    curve of radius R inwards by no more than about ``sigma_px ** 2 / (2 * R)``.
    """
    reach = int(3 * sigma_px) + 1
    closed = np.concatenate((contour[-reach:], contour, contour[:reach])).astype(np.float32)
    blurred = cv2.GaussianBlur(closed, (1, 2 * reach + 1), 0, sigmaY=sigma_px)[reach:-reach]
    # Drawing takes time by the segment: an eighth of a pixel off the curve is not seen, and saves most of them.
    return cv2.approxPolyDP(np.rint(blurred * (1 << _SHIFT)).astype(np.int32), (1 << _SHIFT) / 8, closed=True)
