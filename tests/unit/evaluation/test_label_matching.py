"""Labels of a file against a model's."""

import pytest

from components.evaluation.label_matching import match_labels, true_classes, two_sides

LABELS = ("negative", "positive")


@pytest.mark.parametrize(
    ("labels", "meaning"),
    [
        (["Positive", "ＮＥＧＡＴＩＶＥ "], ["positive", "negative"]),
        (["ポジティブ", "ネガティブ", "中立"], ["positive", "negative", None]),
        (["pos", "neg"], ["positive", "negative"]),
        (["pos", "positive", "neg"], ["positive", "positive", "negative"]),
        (["good", "bad", "ok"], ["positive", "negative", None]),
        # Pairs: both, and nothing that doesn't fit.
        (["1", "0"], ["positive", "negative"]),
        (["1.0", "0.0"], ["positive", "negative"]),
        (["-1", "1"], ["negative", "positive"]),
        (["−1", "+1"], ["negative", "positive"]),
        (["-1", "0", "1"], ["negative", None, "positive"]),
        (["TRUE", "FALSE"], ["positive", "negative"]),
        (["True", "False"], ["positive", "negative"]),
        (["Y", "N"], ["positive", "negative"]),
        (["no", "Yes"], ["negative", "positive"]),
        (["はい", "いいえ"], ["positive", "negative"]),
        (["P", "N"], ["positive", "negative"]),
        # Stars, grades and codes say nothing by themselves.
        (["5", "1"], [None, None]),
        (["1", "2"], [None, None]),
        (["1", "2", "3"], [None, None, None]),
        (["1", "2", "3", "4", "0"], [None] * 5),
        (["0", "1", "2"], [None] * 3),
        (["1", "-1", "2"], [None] * 3),
        (["0"], [None]),
        (["1"], [None]),
        (["n", "a"], [None, None]),
        (["y", "n", "maybe"], [None] * 3),
        (["1", "spam"], [None, None]),
        (["spam", "ham"], [None, None]),
    ],
)
def test_labels_mean_what_people_write(labels, meaning):
    assert [match_labels(labels, LABELS)[label] for label in labels] == meaning


def test_a_model_that_knows_neutral_gets_it():
    labels = (*LABELS, "neutral")
    assert match_labels(["-1", "0", "1"], labels) == {"-1": "negative", "0": "neutral", "1": "positive"}
    assert match_labels(["pos", "中立", "neg"], labels) == {"pos": "positive", "中立": "neutral", "neg": "negative"}


def test_numbers_are_only_read_as_opinions_for_a_model_of_opinions():
    assert match_labels(["1", "0"], ("sport", "politics")) == {"1": None, "0": None}
    assert match_labels(["1", "0"], ("0", "1")) == {"1": "1", "0": "0"}


def test_rows_get_the_number_of_their_label():
    assert true_classes([" pos", "neg", "", "?"], {"pos": "positive", "neg": "negative", "?": None}, LABELS).tolist() == [1, 0, -1, -1]


THREE = ("negative", "neutral", "positive")


@pytest.mark.parametrize(
    ("labels", "sides"),
    [
        (["positive", "negative"], ("negative", "positive")),
        (["1", "0"], ("negative", "positive")),
        (["ポジ", "ネガ", "不明"], ("negative", "positive")),  # what can't be told is left out
        (["肯定", "否定", "中立"], ()),
        (["-1", "0", "1"], ()),
        (["positive", "neutral"], ()),
        (["positive"], ()),
        (["5", "1"], ()),
    ],
)
def test_a_file_of_two_opinions_is_told_from_one_of_three(labels, sides):
    assert two_sides(match_labels(labels, THREE), THREE) == sides
    assert two_sides(match_labels(labels, LABELS), LABELS) == ()


def test_neutral_keeps_its_row_for_a_model_that_knows_it():
    assert match_labels(["-1", "0", "1"], THREE) == {"-1": "negative", "0": "neutral", "1": "positive"}
    assert match_labels(["ポジ", "ネガ", "中立"], THREE)["中立"] == "neutral"
