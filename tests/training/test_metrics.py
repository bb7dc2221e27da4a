"""Dice and IoU are what their definitions say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from training.metrics import Overlap

masks = hnp.arrays(bool, (6, 7))


@settings(deadline=None)
@given(masks, masks)
def test_dice_and_iou_are_symmetric_within_0_and_1_and_tied_to_each_other(
    first: np.ndarray, second: np.ndarray
) -> None:
    overlap, mirrored = Overlap.of(first, second), Overlap.of(second, first)
    assert (overlap.dice, overlap.iou) == (mirrored.dice, mirrored.iou)
    assert 0 <= overlap.iou <= overlap.dice <= 1
    assert overlap.dice == pytest.approx(2 * overlap.iou / (1 + overlap.iou))


@settings(deadline=None)
@given(masks)
def test_a_mask_agrees_with_itself(mask: np.ndarray) -> None:
    assert Overlap.of(mask, mask).dice == Overlap.of(mask, mask).iou == 1


@settings(deadline=None)
@given(st.lists(st.tuples(masks, masks), min_size=1, max_size=4))
def test_pooling_counts_many_pictures_as_one(pairs: list[tuple[np.ndarray, np.ndarray]]) -> None:
    pooled = Overlap.pool(Overlap.of(first, second) for first, second in pairs)
    assert pooled == Overlap.of(np.stack([first for first, _ in pairs]), np.stack([second for _, second in pairs]))


def test_a_known_overlap() -> None:
    overlap = Overlap.of(np.array([1, 1, 0, 0]), np.array([0, 1, 1, 0]))
    assert (overlap.dice, overlap.iou) == (0.5, 1 / 3)


def test_masks_of_different_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"got \(2, 3\) and \(3, 2\)"):
        Overlap.of(np.zeros((2, 3)), np.zeros((3, 2)))
