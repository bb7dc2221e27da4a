"""Speckle with a bright disc that drifts, a source that shows it by the clock, and models that find the disc."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from streamseg.frame import Frame
from streamseg.protocols import Source

Infer = Callable[[NDArray[np.float32]], NDArray[np.float32]]

SIZE = (96, 96)
BRIGHT = 0.9


def tissue(seed: int = 0) -> NDArray[np.uint8]:
    """Return speckle (h, w) uint8 with a bright disc, which is what the model of these tests finds."""
    field = cv2.GaussianBlur(np.random.default_rng(seed).random(SIZE, np.float32), (0, 0), 2)
    field = cv2.normalize(field, None, 20, 160, cv2.NORM_MINMAX)
    rows, columns = np.indices(SIZE)
    field[np.hypot(rows - 48, columns - 40) < 18] = 255
    return field.astype(np.uint8)


def drifting(index: int) -> NDArray[np.uint8]:
    """Return tissue that moves forth and back, a pixel a frame."""
    return np.roll(tissue(), abs(index % 20 - 10), axis=1)


def find_bright(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a map (h, w) float32, 1 where the tensor (1, h, w, 1) is as bright as the disc."""
    return (cv2.blur(tensor[0, :, :, 0], (3, 3)) > BRIGHT).astype(np.float32)


def after(seconds: float, infer: Infer = find_bright) -> Infer:
    """Return a model that takes ``seconds``."""

    def slow(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
        time.sleep(seconds)
        return infer(tensor)

    return slow


class Scan:
    """A source of pictures, by the clock, that are made from their index."""

    def __init__(
        self, scripted: Callable[..., Source], count: int, picture: Callable[[int], NDArray[np.uint8]], **options: Any
    ) -> None:
        self._source = scripted(count, sizes=[SIZE], **{"is_live": True, "interval_s": 0.01} | options)
        self._picture = picture

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def __next__(self) -> Frame:
        frame = next(self._source)
        return replace(frame, image=self._picture(frame.index))
