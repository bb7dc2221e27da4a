"""A lesion is found where a tenth of it is covered, and a finding is false where it touches none."""

from __future__ import annotations

import numpy as np
import pytest

from training.evaluation.lesions import find_lesions


def test_each_part_is_found_or_not_and_what_touches_none_is_false() -> None:
    expert, model = np.zeros((40, 40), bool), np.zeros((40, 40), bool)
    expert[0:10, 0:10] = expert[20:30, 0:10] = expert[20:22, 20:22] = True
    model[0:10, 0:10] = True  # all of the first
    model[20, 0:9] = True  # 9 % of the second
    model[35:38, 35:38] = True  # nothing there
    lesions = find_lesions(expert, model)
    assert lesions.areas_px.tolist() == [100, 100, 4]
    assert lesions.are_found.tolist() == [True, False, False]
    assert lesions.false_areas_px.tolist() == [9]


def test_a_tenth_is_enough() -> None:
    expert, model = np.zeros((20, 20), bool), np.zeros((20, 20), bool)
    expert[:10, :10] = model[0, :10] = True
    assert find_lesions(expert, model).are_found.tolist() == [True]


def test_parts_that_touch_at_a_corner_are_one() -> None:
    expert = np.eye(6, dtype=bool)
    assert find_lesions(expert, ~expert).areas_px.tolist() == [6]


@pytest.mark.parametrize("count", [0, 1])
def test_empty_masks_have_no_parts(count: int) -> None:
    empty, other = np.zeros((5, 5), bool), np.full((5, 5), bool(count))
    assert find_lesions(empty, other).areas_px.size == 0
    assert find_lesions(other, empty).false_areas_px.size == 0
