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


def test_the_best_threshold_gives_its_f1_as_it_is_written():
    """Probabilities between the hundredths: what is called at the two decimals that are shown has the F1 that is said of them."""
    random = np.random.default_rng(5)
    for _ in range(50):
        positive = random.random(12) < 0.5
        probability = np.clip(0.3381 + 0.02 * random.normal(size=12) + 0.01 * positive, 0, 1)
        curve = threshold_curve(positive, probability)
        shown = float(f"{curve.best:.2f}")
        expected = f1_score(positive, probability >= shown, zero_division=0)
        assert curve.f1[curve.at(curve.best)] == pytest.approx(expected) and expected == pytest.approx(np.nanmax(curve.f1))


def test_a_class_without_a_row_has_no_recall():
    curve = threshold_curve(np.zeros(3, bool), np.array([0.1, 0.5, 0.9]))
    assert np.isnan(curve.recall).all() and curve.positives == 0
    assert (curve.f1[curve.called > 0] == 0).all() and np.isnan(curve.f1[curve.called == 0]).all()


def test_no_rows_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        threshold_curve(np.array([]), np.array([]))
