"""The circumference of an ellipse is found from its mask."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ellipe

from training.evaluation.circumference import circumference_mm


def ellipse(long: float, short: float, angle: float) -> np.ndarray:
    rows, columns = np.mgrid[:200, :240].astype(float)
    x, y = columns - 119.3, rows - 99.8
    u = (x * math.cos(angle) + y * math.sin(angle)) / long
    v = (y * math.cos(angle) - x * math.sin(angle)) / short
    return u * u + v * v <= 1


@settings(deadline=None)
@given(st.floats(45, 90), st.floats(0.6, 1), st.floats(0, math.pi))  # heads are 0.7 to 0.9 times as wide as long
def test_it_is_the_true_one_to_a_quarter_of_a_per_cent(long: float, ratio: float, angle: float) -> None:
    true_mm = 4 * long * ellipe(1 - ratio**2) * 0.3
    assert circumference_mm(ellipse(long, long * ratio, angle), 0.3) == pytest.approx(true_mm, rel=2.5e-3)


def test_small_specks_beside_the_head_do_not_count() -> None:
    mask = ellipse(50, 40, 0.3)
    alone = circumference_mm(mask, 1.0)
    cv2_mask = mask.astype(np.uint8)
    cv2.circle(cv2_mask, (10, 10), 5, 1, -1)
    assert circumference_mm(cv2_mask.astype(bool), 1.0) == alone


def test_an_empty_mask_has_none() -> None:
    assert circumference_mm(np.zeros((20, 20), bool), 1.0) is None
