"""Metal lies where it is put in patients."""

from dataclasses import replace

import numpy as np
import pytest

from tests.support.plain_head import plain_head
from training.phantoms.ct.beam import METAL_HU
from training.phantoms.ct.implants import implant


@pytest.mark.parametrize("seed", range(6))
def test_a_small_piece_of_metal_is_added_and_nothing_else_changed(seed: int):
    head = plain_head()
    found = implant(np.random.default_rng(seed), head)
    has_changed = found.hu != head.hu
    assert 0 < (found.hu > METAL_HU).sum() * head.pixel_mm**2 < 500
    assert (found.hu[has_changed] > head.hu[has_changed]).all()
    assert has_changed.sum() * head.pixel_mm**2 < 700


def test_a_slice_without_room_for_metal_is_left_alone():
    head = plain_head()
    nowhere = replace(head, inner_mm=np.full_like(head.inner_mm, -100))
    assert implant(np.random.default_rng(0), nowhere) is nowhere
