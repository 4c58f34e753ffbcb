"""Judgements against scikit-learn, and what a class without rows gets."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

from components.evaluation.judgements import judge


def test_judgement_agrees_with_scikit_learn():
    random = np.random.default_rng(0)
    true = random.integers(0, 4, 300)
    probabilities = random.dirichlet(np.ones(4), 300)
    probabilities[np.arange(300), true] += 0.4
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    predicted = probabilities.argmax(axis=1)
    result = judge(true, probabilities, list("abcd"))
    assert result.accuracy.value == pytest.approx(accuracy_score(true, predicted))
    assert result.macro_f1.value == pytest.approx(f1_score(true, predicted, average="macro"))
    assert result.weighted_f1.value == pytest.approx(f1_score(true, predicted, average="weighted"))
    assert (result.confusion == confusion_matrix(true, predicted)).all()
    expected = precision_recall_fscore_support(true, predicted)
    assert np.allclose([[c.precision.value, c.recall.value, c.f1.value, c.rows] for c in result.per_class], np.array(expected).T)
    confidences = [mistake.confidence for mistake in result.mistakes]
    assert confidences == sorted(confidences, reverse=True) and len(confidences) == (true != predicted).sum()


def test_macro_f1_with_classes_that_are_not_there():
    true, probabilities = np.array([0, 0, 1]), np.eye(4)[[0, 1, 1]]
    assert judge(true, probabilities, list("abcd")).macro_f1.value == pytest.approx(f1_score(true, [0, 1, 1], average="macro"))


def test_a_class_without_rows_has_no_score_that_would_be_made_of_them():
    true, probabilities = np.array([0, 0, 1]), np.eye(4)[[0, 1, 2]]
    absent, called, nothing = judge(true, probabilities, list("abcd")).per_class[1:]
    assert absent.recall.value == 0 and absent.precision.value == 0 and absent.rows == 1
    assert called.recall is None and called.precision.value == 0 and called.f1.value == 0 and called.rows == 0
    assert (nothing.precision, nothing.recall, nothing.f1, nothing.rows) == (None, None, None, 0)
