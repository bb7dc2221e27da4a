"""Where the tissue went from one picture to the next, and how far that can be trusted.

References
----------
Kroeger, Timofte, Dai, Van Gool 2016, "Fast Optical Flow using Dense Inverse Search", doi 10.1007/978-3-319-46493-0_29.
Sundaram, Brox, Keutzer 2010, "Dense Point Trajectories by GPU-Accelerated Large Displacement Optical Flow",
doi 10.1007/978-3-642-15549-9_32: forward and backward flow must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.geometry import Size

# The longer side of the pictures that flow is computed on. At 256 px it takes six times as long and carries no better
# (docs/live-route.md).
FLOW_SIDE_PX = 128
# OpenCV's search crashes on some pictures with a smaller side (5.0: 12x40, 24x128).
SMALLEST_SIDE_PX = 32
# Side of the square over which disagreement is averaged: single pixels of speckle always disagree.
AGREEMENT_PX = 9
# What forward and backward flow may disagree by, summed over the steps of the way, in pixels of the small picture. One
# step of a real cine makes 0.01 to 0.1 under the mask in the median, and 0.5 in one frame of twenty.
TOLERANCE_PX = 1.5
# Side of the square in which two pictures are compared, how much they must have in common there (correlation, -1 to 1),
# and the noise that is taken for granted, in grey levels: black resembles black. Along the flow, neighbours of a real
# cine have 0.98 in common in the median and 0.7 where they have least, pictures that are nothing to each other 0.2.
RESEMBLANCE_PX = 15
LEAST_RESEMBLANCE = 0.4
NOISE_LEVELS = 4.0


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The way from each pixel of a picture back to where it was in an earlier one, in pixels of the small picture.

    Attributes
    ----------
    way
        (h, w, 2), x and y.
    disagreement
        (h, w): how far forward and backward flow are from agreeing, summed over the steps.
    """

    way: NDArray[np.float32]
    disagreement: NDArray[np.float32]


class Flow:
    """Computes the way back from a picture to the one before it. Keeps buffers: not for several threads at once.

    Parameters
    ----------
    size
        (height, width) of the pictures and of the maps that are to be carried.
    """

    def __init__(self, size: Size) -> None:
        scale = min(1.0, FLOW_SIDE_PX / max(size))
        height, width = (max(SMALLEST_SIDE_PX, round(side * scale)) for side in size)
        self.size: Size = (height, width)
        self._grid, self._map_grid = pixel_grid(self.size), pixel_grid(size)
        self._map_pixels = np.diag([size[1] / width, size[0] / height])
        # Taken again for every frame: fetching fresh memory of this size takes longer than what is done in it.
        self._ends, self._carried, self._trusted = (np.empty((*size, n), np.float32) for n in (2, 1, 1))
        self._no_guess = np.empty((0, 0), np.float32)
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)

    def shrink(self, picture: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Return ``picture`` (H, W), 0 to 1, as flow needs it: small, in grey levels."""
        small = cv2.resize(picture, (self.size[1], self.size[0]), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.convertScaleAbs(small, alpha=255), np.uint8)

    def back(self, after: NDArray[np.uint8], before: NDArray[np.uint8]) -> Path:
        """Return the way from each pixel of ``after`` back to where it was in ``before``, both shrunk (h, w)."""
        backward = self._search.calc(after, before, self._no_guess)
        forward = self._search.calc(before, after, self._no_guess)
        returned = cv2.add(backward, _look_up(forward, cv2.add(backward, self._grid)))
        error = cv2.magnitude(*cv2.split(returned))
        return Path(np.asarray(backward, np.float32), _mean(error, AGREEMENT_PX))

    def join(self, later: Path, earlier: Path) -> Path:
        """Return the way back over two steps: first ``later``, from there on ``earlier``."""
        ends = cv2.add(later.way, self._grid)
        return Path(
            np.asarray(cv2.add(later.way, _look_up(earlier.way, ends)), np.float32),
            np.asarray(cv2.add(later.disagreement, _look_up(earlier.disagreement, ends)), np.float32),
        )

    def carry(
        self, model_map: NDArray[np.float32], path: Path, before: NDArray[np.uint8], after: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], float]:
        """Return ``model_map`` (H, W), 0 to 1, where ``path`` leads, and the share of it that was lost on the way.

        It is 0, and lost, where forward and backward flow disagree, and where the newer picture no longer looks like
        the older one. What came from outside the picture is 0 too.

        Parameters
        ----------
        before, after
            The picture that the map is of, and the one to carry it to, both shrunk (h, w).
        """
        width_height = model_map.shape[::-1]
        ends = cv2.resize(cv2.transform(path.way, self._map_pixels), width_height, dst=self._ends)
        ends = cv2.add(ends, self._map_grid, dst=ends)
        carried = _look_up(model_map, ends, border=cv2.BORDER_CONSTANT, into=self._carried)
        kept = cv2.multiply(carried, cv2.resize(self._trust(path, before, after), width_height, dst=self._trusted))
        whole = cv2.sumElems(carried)[0]
        lost = 0.0 if whole == 0 else max(0.0, 1 - cv2.sumElems(kept)[0] / whole)
        return np.asarray(kept, np.float32), lost

    def _trust(self, path: Path, before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[Any]:
        """Return where ``path`` (h, w) is to be trusted: 1, or else 0."""
        _, agrees = cv2.threshold(path.disagreement, TOLERANCE_PX, 1, cv2.THRESH_BINARY_INV)
        brought = _look_up(before, cv2.add(path.way, self._grid))
        _, resembles = cv2.threshold(resemblance(brought, after), LEAST_RESEMBLANCE, 1, cv2.THRESH_BINARY)
        return np.asarray(cv2.multiply(agrees, resembles))


def resemblance(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float32]:
    """Return the correlation of two pictures (h, w), 0 to 255, around each pixel, -1 to 1; 1 where both are even."""
    first, second = one.astype(np.float32), other.astype(np.float32)
    mean_first, mean_second, mean_product, mean_square_first, mean_square_second = (
        _mean(each, RESEMBLANCE_PX) for each in (first, second, first * second, first * first, second * second)
    )
    noise = NOISE_LEVELS**2
    spread_first = np.maximum(mean_square_first - mean_first * mean_first, 0) + noise
    spread_second = np.maximum(mean_square_second - mean_second * mean_second, 0) + noise
    together = mean_product - mean_first * mean_second + noise
    return np.asarray(together / np.sqrt(spread_first * spread_second), np.float32)


def pixel_grid(size: Size) -> NDArray[np.float32]:
    """Return the (x, y) of every pixel of a picture of ``size``, (h, w, 2)."""
    rows, columns = np.indices(size, np.float32)
    return np.dstack((columns, rows))


def _look_up(
    values: NDArray[Any],
    ends: NDArray[Any],
    *,
    border: int = cv2.BORDER_REPLICATE,
    into: NDArray[np.float32] | None = None,
) -> NDArray[Any]:
    """Return ``values`` (h, w) or (h, w, n) at the (x, y) ``ends`` (h, w, 2)."""
    found = cv2.remap(values, ends, None, cv2.INTER_LINEAR, into, border)  # type: ignore[call-overload] # None is right
    return np.asarray(found)


def _mean(picture: NDArray[Any], side_px: int) -> NDArray[np.float32]:
    return np.asarray(cv2.blur(picture, (side_px, side_px)), np.float32)
