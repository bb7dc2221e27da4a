"""Areas under curves and the best F1 are scikit-learn's, for every resample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from training.evaluation.ranking import Ranking


@st.composite
def ranked(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores with ties, labels of both kinds, and whole weights, in which both kinds are left too."""
    size = draw(st.integers(2, 12))
    numbers = st.lists(st.integers(0, 5), min_size=size, max_size=size)
    scores, weights = np.array(draw(numbers)) / 5, np.array(draw(numbers), float)
    labels = np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    labels[0], labels[1] = True, False
    weights[:2] += 1
    return scores, labels, weights


@settings(deadline=None)
@given(ranked())
def test_a_weight_is_how_often_a_picture_counts(case: tuple[np.ndarray, np.ndarray, np.ndarray]) -> None:
    scores, labels, weights = case
    times = weights.astype(int)
    repeated, truth = np.repeat(scores, times), np.repeat(labels, times)
    ranking, rows = Ranking(scores, labels), np.stack([weights, np.ones(len(weights))])
    assert ranking.average_precision(rows)[0] == pytest.approx(average_precision_score(truth, repeated))
    assert ranking.roc_auc(rows)[0] == pytest.approx(roc_auc_score(truth, repeated))
    assert ranking.roc_auc(rows)[1] == pytest.approx(roc_auc_score(labels, scores))
    precision, recall, _ = precision_recall_curve(truth, repeated)
    best = ranking.best_f1(rows)
    both = precision + recall
    f1 = np.divide(2 * precision * recall, both, out=np.zeros_like(both), where=both > 0)
    assert best.f1[0] == pytest.approx(f1.max())
    assert 2 * best.precision[0] * best.recall[0] / (best.precision[0] + best.recall[0]) == pytest.approx(best.f1[0])
    called = repeated >= best.score[0]
    assert best.recall[0] == pytest.approx(np.sum(called & truth) / np.sum(truth))


def test_a_sample_of_one_kind_has_no_figure() -> None:
    ranking = Ranking(np.array([0.2, 0.7]), np.array([False, True]))
    only_negative = np.array([[2.0, 0.0]])
    assert np.isnan(ranking.roc_auc(only_negative)).all()
    assert np.isnan(ranking.average_precision(only_negative)).all()
    assert np.isnan(ranking.best_f1(only_negative).f1).all()
