"""What each way of storing keeps."""

import numpy as np
import pytest

from training.phantoms.ct.storage import Storage, store

RAMP = np.tile(np.linspace(-1500, 4000, 512, dtype=np.float32), (16, 1))


@pytest.mark.parametrize(("storage", "low", "high"), [("full", -1024, 3071), ("clipped", 0, 255), ("jpeg", -20, 100)])
def test_densities_are_kept_between_the_ends_that_each_form_has(storage: Storage, low: int, high: int):
    stored = store(RAMP, storage)
    assert stored.dtype == np.int16
    assert (stored.min(), stored.max()) == (low, high)


@pytest.mark.parametrize(("storage", "most"), [("full", 0.5), ("clipped", 0.5), ("jpeg", 4.0)])
def test_the_brain_is_kept_but_for_rounding_and_compression(storage: Storage, most: float):
    brain = np.tile(np.linspace(10, 70, 256, dtype=np.float32), (32, 1))
    assert np.abs(store(brain, storage, jpeg_quality=90) - brain).max() <= most
