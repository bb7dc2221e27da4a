"""How well a score tells pictures with the structure from those without, for many weighted samples at once.

scikit-learn has the same figures for one sample at a time; the order of the pictures is the same in every resample, so
that running sums over it give all of them at the cost of a few. Tests hold both against one another.

References
----------
Davis, Goadrich 2006, "The Relationship Between Precision-Recall and ROC Curves", doi 10.1145/1143844.1143874 (why
the area under the precision-recall curve is a sum of steps, not of trapezia).
Fawcett 2006, "An introduction to ROC analysis", doi 10.1016/j.patrec.2005.10.010.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.evaluation.resampling import Values, Weights, divide


@dataclass(frozen=True, slots=True, eq=False)
class BestF1:
    """The highest F1 of each sample, with its precision and recall and the score from which a picture counts; (k,)."""

    f1: Values
    precision: Values
    recall: Values
    score: Values


def area_under_precision_and_recall(hits: Weights, called: Weights) -> Values:
    """Return the area under the precision-recall curve of each sample (k,), a sum of steps; NaN without a positive.

    Parameters
    ----------
    hits, called
        By rising number of what is called positive, how many of them are, and how many they are, (k, m). The last
        column calls everything.
    """
    precision, recall = divide(hits, called), divide(hits, hits[:, -1:])
    steps = np.diff(recall, axis=1, prepend=0.0)
    return np.asarray(np.sum(steps * np.nan_to_num(precision), axis=1), np.float64)


class Ranking:
    """Pictures in the order of their scores, highest first; those of one score are called together.

    Parameters
    ----------
    scores
        (n,).
    has_structure
        What is true of each picture, (n,).
    """

    def __init__(self, scores: Values, has_structure: NDArray[np.bool_]) -> None:
        self._order = np.argsort(-scores, kind="stable")
        self._ranked = scores[self._order]
        self._positive = has_structure[self._order].astype(np.float64)
        # Running sums count only where a score ends.
        self._ends = np.flatnonzero(np.append(np.diff(self._ranked) != 0, True))

    def average_precision(self, weights: Weights) -> Values:
        """Return the area under the precision-recall curve of each sample (k,); NaN without a positive."""
        return area_under_precision_and_recall(*self._called(weights))

    def roc_auc(self, weights: Weights) -> Values:
        """Return the area under the ROC curve of each sample (k,); NaN unless there are both kinds."""
        hits, called = self._called(weights)
        false_alarms = called - hits
        start = np.zeros((len(weights), 1))
        rate = np.hstack([start, divide(false_alarms, false_alarms[:, -1:])])
        recall = np.hstack([start, divide(hits, hits[:, -1:])])
        return np.asarray(np.trapezoid(recall, rate, axis=1), np.float64)

    def best_f1(self, weights: Weights) -> BestF1:
        """Return the best F1 of each sample and where it is; NaN without a positive."""
        hits, called = self._called(weights)
        f1 = divide(2 * hits, called + hits[:, -1:])
        rows, best = np.arange(len(f1)), np.argmax(np.nan_to_num(f1), axis=1)
        exists = np.where(hits[:, -1] > 0, 1.0, np.nan)
        return BestF1(
            f1=f1[rows, best] * exists,
            precision=divide(hits, called)[rows, best] * exists,
            recall=divide(hits, hits[:, -1:])[rows, best] * exists,
            score=self._ranked[self._ends][best] * exists,
        )

    def _called(self, weights: Weights) -> tuple[Weights, Weights]:
        """Return, by rising number of pictures called positive, how many of them are, and how many they are, (k, m)."""
        ranked = weights[:, self._order]
        return np.cumsum(ranked * self._positive, axis=1)[:, self._ends], np.cumsum(ranked, axis=1)[:, self._ends]
