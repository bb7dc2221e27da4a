"""A window cut out of a picture: what a convolutional network learns from costs less, and none of it is empty air."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MASK_SHARE = 0.6
"""Share of the windows, of pictures with the structure, that are laid around a place in it."""
SEEN = 0.1
"""Brighter places, 0 to 1, are not the black around a scan."""


def draw_window(
    image: NDArray[np.float32], target: NDArray[np.float32], side: int, rng: np.random.Generator
) -> tuple[slice, slice]:
    """Return rows and columns of a square window of ``side`` pixels within ``image`` (H, W), 0 to 1.

    It holds a random place of the ``target`` (H, W) or of what is not black, anywhere in its middle half.
    """
    places = np.flatnonzero(target >= 0.5) if rng.random() < MASK_SHARE else np.empty(0, np.intp)
    if not places.size:
        places = np.flatnonzero(image > SEEN)
    place = int(rng.choice(places)) if places.size else int(rng.integers(image.size))
    corner = [
        int(np.clip(middle - side / 2 + rng.uniform(-0.25, 0.25) * side, 0, length - side))
        for middle, length in zip(divmod(place, image.shape[1]), image.shape, strict=True)
    ]
    return slice(corner[0], corner[0] + side), slice(corner[1], corner[1] + side)
