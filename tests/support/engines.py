"""Runs engines to their end, under a deadline, and what stands in for their model."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

from streamseg.engine import Engine
from streamseg.frame import Segmentation

DEADLINE_S = 20


def echo(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the tensor itself as the map, which shows the frame that it came from."""
    return tensor[0, :, :, 0]


def slow_echo(tensor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what `echo` does, after 5 ms."""
    time.sleep(0.005)
    return echo(tensor)


def run_to_the_end(engine: Engine) -> list[Segmentation]:
    """Run ``engine`` to its end, and return the segmentations."""
    results: list[Segmentation] = []
    engine.start()
    reader = threading.Thread(target=lambda: results.extend(engine), daemon=True)
    reader.start()
    reader.join(DEADLINE_S)
    assert not reader.is_alive(), "the engine hangs"
    engine.crew.join(DEADLINE_S)
    return results
