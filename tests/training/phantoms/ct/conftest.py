"""Heads that several tests look at."""

import numpy as np
import pytest

from training.phantoms.ct.head import Head


@pytest.fixture(scope="session")
def head() -> Head:
    """Return one head, always the same."""
    return Head.draw(np.random.default_rng(11))
