"""Functions that draw pictures, and that another process can import."""

import os

import numpy as np

from training.data.case import Case


def noise_case(index: int) -> Case:
    """Return a picture of noise."""
    rng = np.random.default_rng(index)
    return Case(str(index), str(index), rng.integers(0, 255, (4, 4), np.uint8), np.zeros((4, 4), np.bool_))


def ending_case(index: int) -> Case:
    """Draw three pictures, then end the process, as the system does when memory is short."""
    if index == 3:
        os._exit(1)
    return noise_case(index)
