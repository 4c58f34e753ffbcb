import numpy as np
import pytest

from components.messages import message
from components.ui.widgets import token_line as module
from components.ui.widgets.token_line import Word, line_card, thread_table, threads, token_line, where_it_looks


@pytest.mark.parametrize(
    ("row", "kind", "target", "other"),
    [
        ([0.1, 0.2, 0.7], "strong", 2, 1),
        ([0.1, 0.8, 0.1], "itself", 1, 0),
        ([0.401, 0.2, 0.399], "tie", 0, 2),
        ([0.405, 0.2, 0.395], "tie", 0, 2),
        ([0.41, 0.2, 0.39], "strong", 0, 2),
        ([0.0, 0.0, 0.0], "nothing", 0, 1),
    ],
)
def test_what_a_word_looks_at(row, kind, target, other):
    found = where_it_looks(np.array(row), 1)
    assert (found.kind, found.target, found.other) == (kind, target, other)
    assert found.weight == max(row)


def test_a_word_that_looks_everywhere_about_alike():
    assert where_it_looks(np.full(11, 1 / 11), 3).kind == "spread"
    assert where_it_looks(np.full(10, 1 / 10), 3).kind == "tie"


def test_a_line_of_one_word_looks_at_itself():
    assert where_it_looks(np.array([1.0]), 0).kind == "itself"


def test_threads_are_those_that_are_drawn_and_always_the_strongest():
    weights = np.zeros((60, 60))
    weights[0, :3] = [0.7, 0.0196, 0.2804]
    weights[1] = 1 / 60
    weights[2, 5] = 1
    drawn = threads(weights)
    assert drawn[0] == [0, 700, 1, 20, 2, 280]
    assert drawn[1][1::2] == [17] * 60  # the strongest are all of them
    assert drawn[2] == [5, 1000] and drawn[3] == []


def test_the_table_has_the_lines_own_numbers():
    weights = np.array([[0.25, 0.75], [1, 0]])
    table = thread_table([Word("a"), Word("a")], weights)
    assert list(table.columns) == ["1 a", "2 a"] and table.loc["1 a", "2 a"] == 0.75


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="2 words"):
        token_line([Word("a"), Word("b")], np.eye(3), key="ba_line", label="", chosen=0)


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ([0.0, 0.3, 0.7], "“a” gives 70% of its attention to [SEP]."),
        ([0.0, 0.9, 0.1], "“a” gives 90% of its attention to itself."),
        ([0.4, 0.2, 0.4], "“a” gives 40% of its attention to “b” and as much to [SEP]."),
        ([0.05, 0.0, 0.0], "“a” looks at all words about equally; even “b” gets only 5%."),
        ([0.0, 0.0, 0.0], "Nothing of what “a” attends to is drawn here."),
    ],
)
def test_a_card_says_what_the_line_says(monkeypatch, row, finding):
    monkeypatch.setattr(module, "t", lambda key, **values: message(key, "en", **values))
    words = [Word("b"), Word("a"), Word("[SEP]", special=True)]
    card = line_card(words, np.array([[1, 0, 0], row, [0, 0, 1]]), 1)
    assert card.finding == finding
    assert list(card.links) == [(1, place, weight) for place, weight in enumerate(row) if weight]
