"""The sentence over the figure: every kind of row, in the words of the visitor's language."""

import numpy as np
import pytest

from components.messages import message
from components.views.attention import findings

WORDS = ("the", "cat", "<b>sat</b>")


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    for module in ("components.views.attention.findings", "components.ui.widgets.verdict"):
        monkeypatch.setattr(f"{module}.t", lambda name, /, **values: message(name, "en", **values))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ([0.2, 0.7, 0.1], "“the” gives 70% of its attention to “cat”."),
        ([0.7, 0.2, 0.1], "“the” gives 70% of its attention to itself."),
        ([0.1, 0.452, 0.448], "“the” gives “cat” and “<b>sat</b>” 45% of its attention each."),
        ([0.0, 0.0, 0.0], "Every word is hidden from “the”."),
    ],
)
def test_each_kind_of_row_has_its_sentence(row, words):
    weights = np.array([row, [1, 0, 0], [1, 0, 0]])
    assert findings.finding_text(weights, 0, WORDS, WORDS, crossed=False) == words


def test_a_row_without_a_favourite_says_so():
    weights = np.full((20, 20), 0.05)
    said = findings.finding_text(weights, 3, [f"w{i}" for i in range(20)], [f"w{i}" for i in range(20)], crossed=False)
    assert said == "“w3” looks at all words about equally; even “w0” gets only 5%."


def test_two_words_of_one_name_are_no_tie_of_words():
    assert findings.finding_text(np.array([[0.1, 0.45, 0.45]]), 0, ["a"], ["x", "the", "the"], crossed=True).startswith("“a” gives 45%")


def test_a_word_of_another_sentence_is_not_itself():
    assert "“the”" in findings.finding_text(np.array([[0.9, 0.1]]), 0, ["the"], ["the", "cat"], crossed=True)
    assert "itself" not in findings.finding_text(np.array([[0.9, 0.1]]), 0, ["the"], ["the", "cat"], crossed=True)


def test_what_a_visitor_typed_is_no_markup():
    html = findings.finding(np.array([[0.1, 0.1, 0.8]] * 3), 0, WORDS, WORDS, crossed=False)
    assert "<q>&lt;b&gt;sat&lt;/b&gt;</q>" in html and "<b>" not in html
