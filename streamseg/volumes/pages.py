"""Decodes the pages of a TIFF, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageSequence

# Pillow tells of damage by all of these; a page of another size than the first is a ValueError.
FAULTS = (OSError, EOFError, SyntaxError, ValueError, IndexError, Image.DecompressionBombError)


def fill_from_pages(path: Path, pages: NDArray[Any]) -> int:
    """Put the pages of a file into ``pages`` (W, H, N), and return how many come before the first that is damaged."""
    whole = 0
    try:
        with Image.open(path) as file:
            for place, page in enumerate(ImageSequence.Iterator(file)):
                pages[:, :, place] = np.asarray(page).T
                whole = place + 1
    except FAULTS:
        return whole
    return whole
