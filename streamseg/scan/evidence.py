"""Which pixels of a small picture look like a scan: textured, in large pieces, and moving. Pure functions."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

# Grey levels by which a pixel differs from the background at least.
FLOOR_LEVELS = 2
# The floor where the picture is noisy, as of an analogue capture: so many standard deviations of its quietest part.
NOISY_FLOOR = 4
QUIETEST_PERCENT = 5
# Variance around a pixel of which there is less in surfaces that a program has painted, and the same in noise: so many
# times that of the quietest part.
FLAT_VARIANCE = 0.2
FLAT_NOISE = 3
# Share of its own area that the background has at its level (with its neighbours), and that this area has of all.
BACKGROUND_DENSITY = 0.6
BACKGROUND_SHARE = 0.06
# Share of the largest piece below which another one is a mark beside the scan, and share of its columns that lie above
# or below the largest piece where it is another depth of the same scan.
SMALLEST_PIECE = 0.03
SHARED_COLUMNS = 0.7
# Share of a piece that moves where it is no decoration.
MOVING_SHARE = 0.05


def textured(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where ``grey`` (H, W) is neither background nor of one colour, as the panels of a program are."""
    levels = grey.astype(np.float32)
    variance = _variance(levels)
    noise = _quietest(variance)
    background = _background(grey, variance, noise)
    if background is None:
        return np.ones(grey.shape, np.bool_)
    is_bright = np.abs(levels - background) > max(FLOOR_LEVELS, NOISY_FLOOR * noise)
    return np.asarray(is_bright & (variance > max(FLAT_VARIANCE, 2 * noise * noise)), np.bool_)


def noise_levels(grey: NDArray[np.uint8]) -> float:
    """Return the standard deviation of the quietest part of ``grey`` (H, W), in grey levels."""
    return _quietest(_variance(grey.astype(np.float32)))


def background_level(grey: NDArray[np.uint8]) -> int | None:
    """Return the level of most of what is flat in ``grey`` (H, W), 0 to 255; None where that is too little."""
    variance = _variance(grey.astype(np.float32))
    return _background(grey, variance, _quietest(variance))


def solid(bits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return ``bits`` (H, W) without what is thin, as letters, ticks and lines are, and with small gaps closed."""
    without_lines = cv2.morphologyEx(bits.view(np.uint8), cv2.MORPH_OPEN, _disc(3))
    closed = cv2.morphologyEx(without_lines, cv2.MORPH_CLOSE, _disc(5))
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, _disc(7)), np.uint8).view(np.bool_)


def scan_pieces(bits: NDArray[np.bool_], moving: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Return the pieces of ``bits`` (H, W) that are the scan: the largest, and others above or below it.

    Parameters
    ----------
    moving
        (H, W), where known: pieces that hardly move are none of it.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(bits.view(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA].astype(np.float64)
    areas[0] = 0
    if moving is not None:
        moved = np.bincount(labels.ravel(), weights=moving.ravel(), minlength=count)
        areas[moved < MOVING_SHARE * areas] = 0
    largest = int(np.argmax(areas))
    if areas[largest] == 0:
        return np.zeros(bits.shape, np.bool_)
    left, width = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_WIDTH]
    right = left + width
    shared = np.minimum(right, right[largest]) - np.maximum(left, left[largest])
    is_scan = (areas >= SMALLEST_PIECE * areas[largest]) & (shared >= SHARED_COLUMNS * width)
    return np.asarray(is_scan[labels], np.bool_)


def _background(grey: NDArray[np.uint8], variance: NDArray[np.float32], noise: float) -> int | None:
    flat = grey[variance <= max(FLAT_VARIANCE, FLAT_NOISE * noise * noise)]
    counts = np.bincount(flat, minlength=256)
    level = int(np.argmax(np.convolve(counts, np.ones(5, np.int64), "same")))
    near = cv2.inRange(grey, max(0, level - 2), min(255, level + 2))
    # Behind a scan that level has whole areas; in a picture that is all scan it lies scattered.
    behind = cv2.blur(near, (9, 9)) > BACKGROUND_DENSITY * 255
    return level if np.count_nonzero(behind) >= BACKGROUND_SHARE * grey.size else None


def _variance(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    mean = cv2.blur(levels, (3, 3))
    return np.asarray(np.maximum(0, cv2.blur(levels * levels, (3, 3)) - mean * mean), np.float32)


def _quietest(variance: NDArray[np.float32]) -> float:
    return math.sqrt(float(np.percentile(variance[::3, ::3], QUIETEST_PERCENT)))


def _disc(diameter_px: int) -> NDArray[np.uint8]:
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (diameter_px, diameter_px)), np.uint8)
