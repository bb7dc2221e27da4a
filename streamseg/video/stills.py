"""Saves one picture of a stream, as PNG, under a name that says which frame it is and that no file has yet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from streamseg.errors import SinkError


def save_still(canvas: NDArray[np.uint8], index: int, folder: Path) -> Path:
    """Write ``canvas`` (H, W, 3) RGB, of the frame of ``index``, into ``folder``, and return the file.

    Raises
    ------
    SinkError
        It cannot be written.
    """
    stem = f"streamseg-frame-{index:06}"
    taken = {path.name for path in folder.glob(f"{stem}*.png")}
    names = (f"{stem}{f'-{number}' if number > 1 else ''}.png" for number in range(1, len(taken) + 2))
    path = folder / next(name for name in names if name not in taken)
    try:
        with path.open("xb") as file:
            Image.fromarray(canvas).save(file, "png")
    except OSError as err:
        raise SinkError(f"cannot save {path.name}: {err.strerror}; choose another folder for pictures") from err
    return path
