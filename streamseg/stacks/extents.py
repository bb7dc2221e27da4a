"""How much of a stack each of its slices stands for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Slices nearer to one another than this lie at the same place.
SAME_MM = 0.01


def slice_extents_mm(
    places: Sequence[int], positions_mm: Sequence[float], thickness_mm: float | None = None
) -> NDArray[np.float64]:
    """Return the length (N,) in mm of the stack that each slice stands for: half the way to either neighbour.

    The outer side of the first and of the last slice counts as much as their inner side. Where slices between two were
    not seen, they are taken as evenly spaced and count for nobody.

    Parameters
    ----------
    places
        Which slice of the stack each is, growing.
    positions_mm
        Where each lies on the line at right angles to all.
    thickness_mm
        What a single slice stands for, where known.

    Raises
    ------
    ValueError
        The slices do not follow one another in one direction, or there is one only and its thickness is not known.
    """
    if len(places) == 1:
        if thickness_mm is None:
            raise ValueError("one slice alone has no neighbour, and its thickness is not known")
        return np.array([thickness_mm])
    steps_mm = np.diff(np.asarray(positions_mm, np.float64)) / np.diff(np.asarray(places))
    if not (np.all(steps_mm > SAME_MM) or np.all(steps_mm < -SAME_MM)):
        raise ValueError("the slices do not follow one another in one direction")
    halves_mm = np.abs(steps_mm) / 2
    before_mm = np.concatenate((halves_mm[:1], halves_mm))
    after_mm = np.concatenate((halves_mm, halves_mm[-1:]))
    return before_mm + after_mm
