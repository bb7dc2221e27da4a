"""Compares a canvas with the stored picture of the same name in ``images``.

Tolerance: the mean difference of all values at most 0.3 grey levels, and no more than 0.5 per cent of the values off by
more than 24. Another version of FreeType or OpenCV sets edges a little differently; a changed layout or colour does not
pass. To store the canvases as they are now, after looking at them::

    UPDATE_GOLDEN=1 python -m pytest tests/golden
"""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

IMAGES = Path(__file__).parent / "images"
LARGEST_MEAN = 0.3
LARGEST_STEP = 24
LARGEST_SHARE = 0.005


def fault_of(actual, expected):
    """Return what is wrong with ``actual``, or None."""
    if actual.shape != expected.shape:
        return f"the canvas is {actual.shape}, stored is {expected.shape}"
    off = np.abs(actual.astype(int) - expected)
    share = (off > LARGEST_STEP).mean()
    if off.mean() > LARGEST_MEAN or share > LARGEST_SHARE:
        return (
            f"the mean difference is {off.mean():.2f} and {share:.2%} of the values are off by more than {LARGEST_STEP}"
        )
    return None


def difference_picture(actual, expected):
    """Return stored, drawn, and their difference times four, one under the other."""
    size = np.minimum(actual.shape, expected.shape)
    crop = tuple(slice(length) for length in size)
    off = np.abs(actual[crop].astype(int) - expected[crop]) * 4
    return np.concatenate((expected[crop], actual[crop], np.minimum(off, 255).astype(np.uint8)))


@pytest.fixture
def golden(tmp_path):
    def compare(name, canvas):
        stored = IMAGES / f"{name}.png"
        if os.environ.get("UPDATE_GOLDEN"):
            Image.fromarray(canvas).save(stored, optimize=True)
        assert stored.exists(), f"there is no {stored.name}; make it as the docstring of tests/golden/conftest.py says"
        expected = np.asarray(Image.open(stored))
        fault = fault_of(canvas, expected)
        if fault:
            shown = tmp_path / f"{name}-difference.png"
            Image.fromarray(difference_picture(canvas, expected)).save(shown)
            pytest.fail(f"{name}: {fault}; see {shown}")

    return compare
