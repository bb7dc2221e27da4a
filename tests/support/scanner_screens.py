"""Pictures as a scanner shows them: a scan of speckle, and around it text, a ruler, a logo and buttons."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Box, Size

PATIENT_TEXT = "DOE JANE 4711"


def scan_mask(size: Size, box: Box, *, is_sector: bool) -> NDArray[np.bool_]:
    """Return where (H, W) the scan is: ``box``, or the sector of a curved probe that touches all its sides."""
    mask = np.zeros(size, np.uint8)
    if not is_sector:
        box.crop(mask)[...] = 1
        return mask.view(np.bool_)
    half = 35.0
    radius = box.width / 2 / np.sin(np.radians(half))
    # The apex lies above the box, so that the lowest point of the arc is its bottom.
    apex = (box.left + box.width / 2, box.top + box.height - radius)
    y, x = np.mgrid[: size[0], : size[1]]
    distance, angle = np.hypot(x - apex[0], y - apex[1]), np.degrees(np.arctan2(x - apex[0], y - apex[1]))
    inside = (distance <= radius) & (np.abs(angle) <= half) & (y >= box.top)
    return np.asarray(inside, np.bool_)


def speckle(mask: NDArray[np.bool_], seed: int, *, level: float = 70) -> NDArray[np.uint8]:
    """Return a picture (H, W) with other speckle for every ``seed`` where ``mask`` is, and black elsewhere."""
    grain = np.random.default_rng(seed).rayleigh(1, mask.shape).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), 1.5)
    return np.where(mask, np.clip(soft * level, 10, 255), 0).astype(np.uint8)


def decorations(size: Size, box: Box) -> NDArray[np.uint8]:
    """Return what a scanner writes around a scan in ``box``, (H, W): two lines of text, a ruler, a logo, a button."""
    picture = np.zeros(size, np.uint8)
    scale = size[0] / 800
    thickness = max(1, round(2 * scale))
    place = (round(10 * scale), round(30 * scale))
    cv2.putText(picture, PATIENT_TEXT, place, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness, cv2.LINE_AA)
    below = (round(10 * scale), size[0] - round(12 * scale))
    cv2.putText(picture, "MI 0.9 TIS 0.2 25 Hz", below, cv2.FONT_HERSHEY_SIMPLEX, scale, 220, thickness, cv2.LINE_AA)
    ruler = min(size[1] - 8, box.left + box.width + round(20 * scale))
    for row in range(box.top, box.top + box.height, max(4, box.height // 12)):
        picture[row : row + thickness, ruler : ruler + round(14 * scale)] = 200
    cv2.circle(picture, (round(30 * scale), round(90 * scale)), round(16 * scale), 230, cv2.FILLED)
    button = picture[size[0] - round(60 * scale) :, size[1] - round(150 * scale) :]
    button[...] = 60
    return picture


def screen(
    size: Size, box: Box, seed: int, *, is_sector: bool = False, level: float = 70, has_text: bool = True
) -> NDArray[np.uint8]:
    """Return the whole screen (H, W): speckle in the scan, and around it what a scanner shows."""
    mask = scan_mask(size, box, is_sector=is_sector)
    picture = decorations(size, box) if has_text else np.zeros(size, np.uint8)
    return np.where(mask, speckle(mask, seed, level=level), picture)
