"""What is said of a model beside its baselines."""

import numpy as np
import pytest

from components.evaluation.judgements import judge
from components.views.runs.result import _compared


def scores(right: int, rows: int = 20):
    """`right` of `rows` rows right, half of them of each class, the mistakes too."""
    true = np.arange(rows) % 2
    predicted = np.where(np.arange(rows) < right, true, 1 - true)
    return judge(true, np.eye(2)[predicted], ["a", "b"])


@pytest.mark.parametrize(
    ("model", "baseline", "words"),
    [(16, 16, "Level with"), (14, 16, "The baseline wins"), (16, 14, "may be luck"), (200, 100, "Clearly better")],
)
def test_an_equal_score_is_neither_better_nor_worse(model, baseline, words):
    rows = 20 if model < 100 else 200
    said = _compared(scores(model, rows), {"majority": scores(2, rows), "tfidf": scores(baseline, rows)})
    assert words in said and [other for other in ("Level", "wins", "luck", "Clearly") if other in said] == [
        other for other in ("Level", "wins", "luck", "Clearly") if other in words
    ]
