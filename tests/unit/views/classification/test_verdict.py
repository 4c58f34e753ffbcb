"""What is said of a class, at each side of each rule; where a text stands on the line."""

import numpy as np
import pytest

from components.messages import message
from components.models import Prediction
from components.ui.widgets.verdict import plain
from components.views.classification import verdict as rules
from components.views.classification.line import line_html
from components.views.classification.verdict import close_call, finding, is_opinion, nothing_decided, percent, verdict_of


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setattr("components.ui.state.language.language", lambda: "en")


def answered(**scores: float) -> Prediction:
    label = max(scores, key=scores.__getitem__)
    return Prediction(label, scores[label], scores)


@pytest.mark.parametrize(
    ("scores", "kind", "doubted"),
    [
        ({"negative": 0.02, "neutral": 0.03, "positive": 0.95}, "positive", False),
        ({"negative": 0.9, "neutral": 0.06, "positive": 0.04}, "negative", False),
        ({"negative": 0.05, "neutral": 0.9, "positive": 0.05}, "neutral", False),
        ({"negative": 0.1, "neutral": 0.5, "positive": 0.4}, "undecided", True),  # neutral, but hardly
        ({"negative": 0.45, "positive": 0.55}, "undecided", True),
        ({"negative": 0.26, "positive": 0.74}, "undecided", True),  # within the band
        ({"negative": 0.24, "positive": 0.76}, "positive", False),
        ({"negative": 0.0, "neutral": 0.42, "positive": 0.58}, "positive", True),  # outside the band, close to neutral
        ({"a": 0.9, "b": 0.1}, "label", False),
        ({"a": 0.55, "b": 0.45}, "undecided", True),
    ],
)
def test_a_verdict_by_rule(scores, kind, doubted):
    verdict = verdict_of(answered(**scores))
    assert verdict.kind == kind and bool(close_call(verdict)) == doubted
    if "positive" in scores:
        assert verdict.place == pytest.approx(scores["positive"] - scores["negative"])
    else:
        assert verdict.place is None


def test_whatever_is_neutral_stands_in_the_band_and_whatever_has_a_side_outside():
    random = np.random.default_rng(0)
    for shares in random.dirichlet((1, 1, 1), size=2_000):
        scores = dict(zip(("negative", "neutral", "positive"), shares.tolist(), strict=True))
        verdict = verdict_of(answered(**scores))
        assert (abs(verdict.place) >= rules.BAND) == (verdict.kind in ("positive", "negative"))


def test_several_labels_at_once_are_never_a_close_call():
    assert verdict_of(answered(a=0.9, b=0.89), multi_label=True).kind == "label"


def test_each_kind_is_said_in_its_own_sentence():
    said = {kind: message(f"classification.finding_{kind}", "en", percent="95") for kind in ("positive", "negative", "neutral")}
    for label in said:
        scores = dict.fromkeys(("negative", "neutral", "positive"), 0.025) | {label: 0.95}
        assert plain(finding(verdict_of(answered(**scores)))) == said[label]
    doubted = finding(verdict_of(answered(negative=0.05, positive=0.95)), doubted=True)
    assert plain(doubted) == message("classification.finding_doubted", "en", label="positive", percent="95")
    assert "<q>&lt;b&gt;</q>" in finding(verdict_of(answered(**{"<b>": 0.9, "c": 0.1})))


def test_opinions_are_positive_and_negative_with_neutral_or_without():
    assert is_opinion(["negative", "positive"]) and is_opinion(["positive", "neutral", "negative"])
    assert not is_opinion(["positive", "neutral"]) and not is_opinion(["positive", "negative", "mixed"])


def test_function_words_have_decided_where_they_are_two_of_the_three_strongest():
    text = "The film was good."
    spans = [(0, 3), (4, 8), (9, 12), (13, 17), (17, 18)]
    assert nothing_decided(text, np.array([0.9, 0.1, -0.8, 0.7, 0.2]), spans)
    assert not nothing_decided(text, np.array([0.9, 0.8, -0.1, 0.7, 0.2]), spans)
    assert not nothing_decided("good", np.array([1.0]), [(0, 4)])


def test_the_line_has_a_mark_for_each_text_at_its_place():
    first, second = verdict_of(answered(negative=0.1, positive=0.9)), verdict_of(answered(negative=0.75, positive=0.25))
    assert "cls-below" not in line_html(first, "said").split("</style>")[1]
    html = line_html(first, 'a "b"', second)
    assert 'class="cls-mark " style="--x:90.0"' in html and 'class="cls-mark cls-below" style="--x:25.0"' in html
    assert 'aria-label="a &quot;b&quot;"' in html


def test_no_probability_is_called_certain_or_impossible():
    assert [percent(share) for share in (0.5, 0.996, 0.9999, 0.004, 0.0001, 0.31)] == ["50", "99.6", "99.9", "0.4", "0.1", "31"]
