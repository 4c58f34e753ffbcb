"""Predictions beside a table: the columns that they become."""

import numpy as np

from components.evaluation.prediction_tables import Scored, between, joined, result_columns, result_tables, scored
from components.models.results import Prediction

LABELS = ("negative", "positive")


def prediction(positive: float, truncated: bool = False) -> Prediction:
    scores = {"negative": 1 - positive, "positive": positive}
    label = max(scores, key=scores.get)
    return Prediction(label, scores[label], scores, truncated)


def test_columns_hold_what_was_predicted_and_blank_rows_stay_blank():
    texts = ["Good and cheap, I like it.", "  ", "😀😀", "これは日本語の文章です。", "bad " * 9]
    result = scored(texts, [prediction(0.91), prediction(0.7), prediction(0.5), prediction(0.4), prediction(0.25, True)], LABELS, "en")
    columns = result_columns(joined([result, result]), " (x)")
    assert list(columns.columns) == ["prediction (x)", "probability (x)", "p(negative) (x)", "p(positive) (x)", "note (x)"]
    assert columns.iloc[0].tolist() == ["positive", "0.9100", "0.0900", "0.9100", ""]
    assert columns.iloc[1].tolist() == ["", "", "", "", "empty"]
    assert columns["note (x)"].tolist()[2:5] == ["no letters", "other language", "cut"]
    assert len(columns) == 10 and columns.iloc[9].tolist() == columns.iloc[4].tolist()
    assert result.empty.tolist() == [False, True, False, False, False]
    assert np.array_equal(result.predicted, [1, 1, 0, 0, 0])


def test_many_classes_get_no_column_each():
    labels = tuple(f"intent {number}" for number in range(77))
    scores = dict.fromkeys(labels, 0.01) | {"intent 5": 0.24}
    result = scored(["hello there"], [Prediction("intent 5", 0.24, scores)], labels, None)
    assert list(result_columns(result).columns) == ["prediction", "probability", "note"]


def test_columns_of_two_models_say_whose_they_are():
    one = scored(["good"], [Prediction("a", 0.75, {"a": 0.75, "b": 0.25})], ["a", "b"], "en")
    other = scored(["good"], [Prediction("b", 1.0, {"a": 0.0, "b": 1.0})], ["a", "b"], "en")
    assert result_tables([one], ["first"]).equals(result_columns(one))
    both = result_tables([one, other], ["first", "second"])
    assert both["prediction (first)"].tolist() == ["a"] and both["prediction (second)"].tolist() == ["b"]
    assert len(both.columns) == 2 * len(result_columns(one).columns)


def test_between_two_labels_the_others_do_not_count():
    three = Scored(
        ("negative", "neutral", "positive"), np.array([[0.1, 0.6, 0.3], [0.4, 0.5, 0.1], [0, 1, 0]], dtype=np.float32), ("", "cut", "")
    )
    two = between(three, ("negative", "positive"))
    assert two.labels == ("negative", "positive") and two.notes == three.notes
    np.testing.assert_allclose(two.probabilities, [[0.25, 0.75], [0.8, 0.2], [0.5, 0.5]], atol=1e-6)
