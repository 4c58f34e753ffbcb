"""Which heads the page shows, and the sentence over them."""

import numpy as np
import pytest

from components.charts.heads import HeadColumn
from components.charts.words import Words
from components.messages import message
from components.transformer.head_kind import HeadKind
from components.views.multi_head import figure
from components.views.multi_head.layer import Layer, telling_heads

WORDS = Words(("[CLS]", "<b>cat</b>", "sat", "[SEP]"), (True, False, False, True))


@pytest.fixture(autouse=True)
def in_english(monkeypatch):
    for module in ("components.views.multi_head.figure", "components.ui.widgets.verdict"):
        monkeypatch.setattr(f"{module}.t", lambda name, /, **values: message(name, "en", **values))


def layer(*rows: list[float]) -> Layer:
    """Heads in which every word looks as the row says."""
    heads = [HeadColumn(f"h{place}", "", "", np.array([row] * 4)) for place, row in enumerate(rows)]
    return Layer(heads, WORDS, WORDS, 8, len(rows), 0.0, {}, "")


def test_one_clear_head_of_each_kind_comes_before_a_second_of_any():
    kinds = {
        (0, 0): HeadKind("next", 0.9),
        (0, 1): HeadKind("next", 0.8),
        (1, 0): HeadKind("resting", 0.6),
        (1, 1): HeadKind("resting", 0.9),
        (2, 0): HeadKind("wide", 0.8),
    }
    assert telling_heads(kinds) == [(0, 0), (1, 1), (2, 0), (0, 1)]
    assert telling_heads({(0, 0): HeadKind("wide", 0.9)}) == [(0, 0)]


def test_the_finding_names_what_each_head_looks_at():
    said = figure.finding_text(layer([0, 1, 0, 0], [0, 0, 1, 0], [0.5, 0, 0, 0.5], [0.09, 0.08, 0.08, 0.08]), 2)
    assert said == "“sat” looks at “<b>cat</b>”, itself, “[CLS]” and “[SEP]”, everything equally, depending on the head."


def test_two_words_of_one_name_are_named_once():
    twice = Words(("the", "cat", "the"), (), 1)
    head = HeadColumn("h", "", "", np.array([[0.5, 0, 0.5]] * 3))
    made = Layer([head], twice, twice, 8, 1, 0.0, {}, "")
    assert figure.finding_text(made, 1) == "“cat” looks at “the”."


def test_heads_that_agree_are_said_to():
    assert figure.finding_text(layer([1, 0, 0, 0], [0.9, 0.1, 0, 0]), 2) == "In all 2 heads, “sat” looks at “[CLS]”."
    assert figure.finding_text(layer([1, 0, 0, 0]), 2) == "“sat” looks at “[CLS]”."


def test_of_many_heads_their_number_is_said():
    many = layer([1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0], [1, 0, 0, 0])
    assert figure.finding_text(many, 2) == "In 5 heads, “sat” looks at 2 different places."


def test_a_word_that_may_look_at_nothing():
    assert figure.finding_text(layer([0, 0, 0, 0], [1, 0, 0, 0]), 2) == "“sat” looks at nothing, “[CLS]”, depending on the head."


def test_what_a_visitor_typed_is_no_markup():
    html = figure.finding(layer([0, 1, 0, 0], [1, 0, 0, 0]), 2)
    assert "“<q>&lt;b&gt;cat&lt;/b&gt;</q>”, “<q>[CLS]</q>”" in html and "<b>" not in html
