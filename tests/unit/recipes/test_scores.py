"""Temperatures, calibration errors and losses against numbers worked out otherwise."""

import math

import numpy as np
import pytest
import torch
from sentence_transformers.sentence_transformer import losses as library_losses

from recipes import embed_ja, evaluate
from recipes.embed_ja import cosent
from recipes.entities import spans_of
from recipes.ner import loss, span_f1
from recipes.polarity import NEGATIVE, NEUTRAL, POSITIVE
from recipes.sentiment import loss as sentiment_loss
from recipes.sentiment import measures, shares, taught


def test_cosent_is_the_library_s():
    torch.manual_seed(0)
    cosines, wanted = torch.rand(12) * 2 - 1, torch.randint(0, 5, (12,)).float()
    given = library_losses.CoSENTLoss.__new__(library_losses.CoSENTLoss)
    torch.nn.Module.__init__(given)
    given.scale, given.similarity_fct = 20.0, lambda a, b: cosines
    expected = given.compute_loss_from_embeddings([torch.zeros(12, 1), torch.zeros(12, 1)], wanted)
    assert cosent(cosines, wanted).item() == pytest.approx(expected.item(), rel=1e-5)


def test_old_and_new_bio_give_the_same_spans():
    words = ["New", "York", "and", "Paris", "Bob"]
    text, new = spans_of(words, ["B-LOC", "I-LOC", "O", "B-LOC", "B-PER"])
    assert spans_of(words, ["I-LOC", "I-LOC", "O", "I-LOC", "I-PER"]) == (text, new)
    assert [(text[a:b], kind) for a, b, kind in new] == [("New York", "LOC"), ("Paris", "LOC"), ("Bob", "PER")]
    assert spans_of(["東京", "都"], ["B-地名", "I-地名"], joiner="") == ("東京都", ((0, 3, "地名"),))


def test_span_f1_counts_exact_spans():
    found = [{(0, 3, "PER"), (5, 9, "LOC")}, set()]
    expected = [{(0, 3, "PER"), (5, 8, "LOC")}, {(1, 2, "ORG")}]
    assert span_f1(found, expected) == pytest.approx(2 * 1 / (2 + 3))


def test_a_type_that_a_set_does_not_mark_costs_nothing_there():
    logits = torch.tensor([[[0.0, 5.0, 0.0], [3.0, 0.0, 0.0]]])  # tags: none, B-X, I-X

    def model(**_):
        return type("Output", (), {"logits": logits})

    def of(target, missing):
        return loss(model, {}, [(target, missing)])["tags"].item()

    p = logits.softmax(-1)[0]
    assert of([0, -100], []) == pytest.approx(-math.log(p[0, 0]), rel=1e-5)
    assert of([0, -100], [1, 2]) == pytest.approx(0.0, abs=1e-6)
    assert of([1, 0], [2]) == pytest.approx((-math.log(p[0, 1]) - math.log(p[1, 0] + p[1, 2])) / 2, rel=1e-5)


def test_a_teacher_s_verdict_counts_by_its_probability():
    logits = torch.tensor([[1.0, -0.5], [0.2, 0.3], [-2.0, 1.0]])

    def model(**_):
        return type("Output", (), {"logits": logits})

    p = logits.softmax(-1)
    by_hand = [-math.log(p[0, 0]), -math.log(p[1, 1]), -(0.3 * math.log(p[2, 0]) + 0.7 * math.log(p[2, 1]))]
    assert taught(model, {}, [0, 1, 0.7])["classes"].item() == pytest.approx(sum(by_hand) / 3, rel=1e-5)
    assert taught(model, {}, [0, 1, 1])["classes"].item() == pytest.approx(sum([*by_hand[:2], -math.log(p[2, 1])]) / 3, rel=1e-5)


def test_a_floor_is_written_with_the_digits_that_it_has():
    assert [evaluate.least(floor) for floor in (0.8, 0.766, 0.83)] == ["0.80", "0.766", "0.83"]


def test_a_two_way_verdict_says_nothing_of_neutral():
    logits = torch.tensor([[1.0, 3.0, -0.5], [-2.0, 0.4, 1.0]])

    def model(**_):
        return type("Output", (), {"logits": logits})

    p = logits.softmax(-1)
    between = logits[1, [0, 2]].softmax(-1)
    by_hand = [-math.log(p[0, 1]), -(0.3 * math.log(between[0]) + 0.7 * math.log(between[1]))]
    assert sentiment_loss(model, {}, [shares(NEUTRAL), shares(0.7)])["classes"].item() == pytest.approx(sum(by_hand) / 2, rel=1e-5)


def test_sentiment_is_measured_two_ways_on_opinions_and_three_ways_on_all():
    scores = np.array([[0.3, 0.5, 0.2], [0.1, 0.2, 0.7], [0.2, 0.5, 0.3], [0.6, 0.1, 0.3], [0.9, 0.05, 0.05]])
    labels, sets = np.array([NEGATIVE, POSITIVE, NEUTRAL, POSITIVE, NEGATIVE]), np.array(["a", "a", "a", "a", "b"])
    found = measures(scores, labels, sets)
    # a: negative is called neutral, positive once itself and once negative; F1 0, 2/3 and 2/3
    assert found == {
        "two_way_accuracy a": (pytest.approx(2 / 3), 3),
        "two_way_accuracy b": (1.0, 1),
        "macro_f1 a": (pytest.approx(4 / 9), 4),
    }


def test_sentence_vectors_are_scored_as_the_app_gives_them(monkeypatch):
    pairs = [embed_ja.Pair(f"{number}", f"{2 * number}", number / 5, "") for number in range(1, 5)]
    monkeypatch.setattr(embed_ja, "splits", lambda *_: {"report": pairs})
    assert embed_ja.scores(lambda texts: np.array([[float(text)] for text in texts]), None, None) == {"spearman JSTS valid": (1.0, 4)}
