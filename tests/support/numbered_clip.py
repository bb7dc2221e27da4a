"""A clip whose frames carry their number, and pictures of any size."""

from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.video.writer import VideoWriter

CELL_PX = 40
BITS = 8
FRAME_COUNT = 60
RATE_HZ = 25


def write_clip(path: Path) -> None:
    """Write `FRAME_COUNT` frames of `numbered`."""
    writer = VideoWriter(path, rate_hz=RATE_HZ)
    for number in range(FRAME_COUNT):
        writer.write(numbered(number), number * 1_000_000_000 // RATE_HZ)
    writer.close()


def numbered(number: int) -> NDArray[np.uint8]:
    """Return a frame (4 * CELL_PX, BITS * CELL_PX) with ``number`` in large cells, one for each bit, bright for 1."""
    bits = [number >> bit & 1 for bit in range(BITS)]
    row = np.repeat(np.array([60 + 140 * bit for bit in bits], np.uint8), CELL_PX)
    return np.tile(row, (4 * CELL_PX, 1))


def read_number(image: NDArray[np.uint8]) -> int:
    """Return the number that a frame made by `numbered` carries, also after compression and under a caption."""
    middle = image[2 * CELL_PX, CELL_PX // 2 : BITS * CELL_PX : CELL_PX]
    return sum(1 << bit for bit, level in enumerate(middle) if level > 130)


def grey_frames(path: Path) -> list[NDArray[np.uint8]]:
    """Return every frame (H, W) of a recording, decoded by a library of its own."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def write_picture(path: Path, size: tuple[int, int]) -> None:
    """Write a picture of ``size`` (height, width)."""
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), np.full(size, 90, np.uint8))
