"""The study's figures are what the study computed, and what they flatter is shown."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from training.evaluation.areas import THRESHOLDS, pearson, pixels_reaching, two_class_iou
from training.metrics import Overlap

masks = hnp.arrays(bool, (5, 6))


def two_classes(expert: np.ndarray, model: np.ndarray) -> float:
    overlap = Overlap.of(expert, model)
    counts = (overlap.both, overlap.expert, overlap.model, expert.size)
    return float(two_class_iou(*(np.array([count]) for count in counts))[0])


@settings(deadline=None, max_examples=30)
@given(masks, masks)
def test_the_iou_of_two_classes_is_that_of_keras(expert: np.ndarray, model: np.ndarray) -> None:
    metric = keras.metrics.MeanIoU(num_classes=2)
    metric.update_state(expert.astype(int), model.astype(int))
    assert two_classes(expert, model) == pytest.approx(float(metric.result()), abs=1e-6)


def test_a_study_iou_of_0_73_is_a_foreground_iou_of_0_47() -> None:
    """Bleeds that fill two per cent of the slices, found with 47 % overlap: the empty background lifts it to 0.73."""
    expert, model = np.zeros((40, 650, 650), bool), np.zeros((40, 650, 650), bool)
    expert[:, 200:292, 200:292] = True
    model[:, 233:325, 200:292] = True  # as large, a third lower
    assert Overlap.of(expert, model).iou == pytest.approx(0.47, abs=5e-3)
    assert two_classes(expert, model) == pytest.approx(0.73, abs=5e-3)


@settings(deadline=None)
@given(hnp.arrays(np.float32, 40, elements=st.floats(0, 1, width=32)))
def test_the_pixels_that_reach_a_threshold_are_counted_as_a_mask_would(probabilities: np.ndarray) -> None:
    expected = [np.count_nonzero(probabilities >= threshold) for threshold in THRESHOLDS]
    assert pixels_reaching(probabilities).tolist() == expected
    assert pixels_reaching(np.float32([1.0]))[-1] == 1


def test_pearsons_r_of_a_sample_is_scipys_over_its_pictures() -> None:
    rng = np.random.default_rng(5)
    first, second = rng.integers(0, 30_000, (9, 3)).astype(float), rng.integers(0, 30_000, 9).astype(float)
    weights = rng.integers(0, 3, (4, 9)).astype(float)
    found = pearson(weights, first, second)
    for row, times in enumerate(weights.astype(int)):
        for column in range(3):
            expected = stats.pearsonr(np.repeat(first[:, column], times), np.repeat(second, times)).statistic
            assert found[row, column] == pytest.approx(expected)


def test_areas_that_do_not_vary_have_no_r() -> None:
    varying = np.arange(5.0)
    constant = np.full((5, 1), 0.1)
    assert np.isnan(pearson(np.ones((1, 5)), constant, varying)).all()
    assert np.isnan(pearson(np.ones((1, 5)), varying[:, np.newaxis], constant[:, 0])).all()
