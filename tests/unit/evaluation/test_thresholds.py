"""Threshold curves against scikit-learn's scores of the same decisions."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from components.evaluation.thresholds import threshold_curve


@pytest.fixture(scope="module")
def rows():
    random = np.random.default_rng(3)
    positive = random.random(400) < 0.3
    return positive, np.clip(0.4 * positive + random.normal(0.35, 0.2, 400), 0, 1)


def test_each_point_is_what_scikit_learn_gives_for_that_decision(rows):
    positive, probability = rows
    curve = threshold_curve(positive, probability, points=51)
    for index, threshold in enumerate(curve.thresholds):
        called = probability >= threshold
        assert curve.called[index] == called.sum()
        assert curve.recall[index] == pytest.approx(recall_score(positive, called))
        assert curve.f1[index] == pytest.approx(f1_score(positive, called, zero_division=0))
        if called.any():
            assert curve.precision[index] == pytest.approx(precision_score(positive, called))
        else:
            assert np.isnan(curve.precision[index])


def test_best_is_the_threshold_with_the_highest_f1(rows):
    curve = threshold_curve(*rows)
    assert curve.f1[curve.at(curve.best)] == max(f1_score(rows[0], rows[1] >= threshold) for threshold in curve.thresholds)


def test_a_class_without_a_row_has_no_recall():
    curve = threshold_curve(np.zeros(3, bool), np.array([0.1, 0.5, 0.9]))
    assert not curve.recall.any() and not curve.f1.any() and curve.positives == 0


def test_no_rows_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        threshold_curve(np.array([]), np.array([]))
