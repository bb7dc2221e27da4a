"""Pictures in files: read whole or refused by name, written as PNG. Foreign data sets and prepared folders share this.

Pillow reads them, since it refuses a file that was cut short, where OpenCV may give its upper half.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.errors import DatasetError, TrainingError

LOWEST_HU = -1024
"""Density that a 16-bit PNG keeps as 0."""


def read_grey(file: Path) -> NDArray[np.uint8]:
    """Return the picture in ``file`` as (H, W) grey levels, colours by their luminance.

    Raises
    ------
    DatasetError
        It is missing, no picture, cut short, or has more than 8 bits a channel.
    """
    with _open(file) as picture:
        if picture.mode.startswith(("I", "F")):
            raise DatasetError(f"{file} has more than 8 bits a channel; convert it to 8-bit grey")
        return np.asarray(picture.convert("L"))


def read_colour(file: Path) -> NDArray[np.uint8]:
    """Return the picture in ``file`` as (H, W, 3) RGB.

    Raises
    ------
    DatasetError
        It is missing, no picture, or cut short.
    """
    with _open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def read_hu(file: Path) -> NDArray[np.int16]:
    """Return the Hounsfield units (H, W) that `write_hu` wrote.

    Raises
    ------
    DatasetError
        It is missing, no picture, cut short, or not 16-bit grey.
    """
    with _open(file) as picture:
        if not picture.mode.startswith("I"):
            raise DatasetError(f"{file} is not a 16-bit grey picture (mode {picture.mode}); prepare the data set again")
        return (np.asarray(picture, np.int32) + LOWEST_HU).astype(np.int16)


def write_grey(image: NDArray[np.uint8], file: Path) -> None:
    """Write grey levels (H, W) as PNG.

    Raises
    ------
    TrainingError
        It cannot be written, say because the disk is full.
    """
    _write(image, file)


def write_hu(image: NDArray[Any], file: Path) -> None:
    """Write Hounsfield units (H, W) as 16-bit PNG; what is below `LOWEST_HU` becomes that.

    Raises
    ------
    TrainingError
        It cannot be written, say because the disk is full.
    """
    _write((np.clip(image.astype(np.int32), LOWEST_HU, np.iinfo(np.int16).max) - LOWEST_HU).astype(np.uint16), file)


def write_bytes(content: bytes, file: Path) -> None:
    """Write ``content`` to ``file``.

    Raises
    ------
    TrainingError
        It cannot be written, say because the disk is full.
    """
    try:
        file.write_bytes(content)
    except OSError as err:
        raise TrainingError(f"cannot write {file}: {err.strerror}; free some space or choose another folder") from err


def check_pair(file: Path, image: NDArray[Any], mask: NDArray[Any]) -> None:
    """Compare the sizes of the picture in ``file`` and its mask.

    Raises
    ------
    DatasetError
        They differ.
    """
    if image.shape != mask.shape:
        raise DatasetError(
            f"the mask of {file} is {mask.shape} (height, width), the picture {image.shape}; restore both files"
        )


def _open(file: Path) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(file.read_bytes()))
        picture.load()
    except (OSError, SyntaxError, ValueError) as err:  # SyntaxError: Pillow's word for a broken PNG
        # Only the system's errors have a text of their own; Pillow's name an object in memory.
        reason = getattr(err, "strerror", None) or "not a picture, or cut short"
        raise DatasetError(f"cannot read the picture {file}: {reason}; restore the file") from err
    return picture


def _write(image: NDArray[Any], file: Path) -> None:
    encoded = io.BytesIO()
    # Level 1 writes a 16-bit slice four times as fast as the default 6, in a file a fifth larger.
    Image.fromarray(image).save(encoded, "PNG", compress_level=1)
    write_bytes(encoded.getvalue(), file)
