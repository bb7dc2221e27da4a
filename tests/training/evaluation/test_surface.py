"""Distances between outlines are what a ruler would say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from training.evaluation.surface import surface_distance

masks = hnp.arrays(bool, (9, 11))


def square(top: int, left: int, side: int) -> np.ndarray:
    mask = np.zeros((60, 70), bool)
    mask[top : top + side, left : left + side] = True
    return mask


def test_a_mask_is_no_distance_from_itself() -> None:
    distance = surface_distance(square(5, 5, 20), square(5, 5, 20))
    assert distance is not None
    assert (distance.hausdorff_px, distance.mean_px) == (0, 0)


def test_a_frame_of_three_pixels_around_a_square_is_three_pixels_away() -> None:
    distance = surface_distance(square(20, 20, 20), square(17, 17, 26))
    assert distance is not None
    assert 3 <= distance.hausdorff_px <= 3 * np.sqrt(2)
    assert distance.mean_px == pytest.approx(3, rel=0.05)


def test_the_hausdorff_distance_forgives_one_pixel_in_twenty_and_no_more() -> None:
    speck, part = square(5, 5, 30), square(5, 5, 30)
    speck[58, 68] = True
    part[40:58, 50:68] = True
    alone = square(5, 5, 30)
    forgiven, counted = surface_distance(alone, speck), surface_distance(alone, part)
    assert forgiven is not None
    assert counted is not None
    assert forgiven.hausdorff_px == 0
    assert counted.hausdorff_px > 20


def test_the_edge_of_the_picture_is_part_of_the_outline() -> None:
    whole, inner = np.ones((20, 20), bool), np.zeros((20, 20), bool)
    inner[2:-2, 2:-2] = True
    distance = surface_distance(whole, inner)
    assert distance is not None
    assert distance.mean_px == pytest.approx(2, rel=0.05)


@settings(deadline=None)
@given(masks, masks)
def test_it_is_symmetric_and_defined_where_neither_mask_is_empty(first: np.ndarray, second: np.ndarray) -> None:
    forth, back = surface_distance(first, second), surface_distance(second, first)
    assert (forth is None) == (not (first.any() and second.any()))
    if forth is not None and back is not None:
        assert forth.hausdorff_px == back.hausdorff_px
        assert forth.mean_px == pytest.approx(back.mean_px)
        assert 0 <= forth.hausdorff_px <= np.hypot(8, 10)
