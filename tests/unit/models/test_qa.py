"""Answers: spans searched by brute force over the library's own logits, windows, "no answer", and the scores of answers."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoModelForQuestionAnswering, AutoTokenizer

from components.evaluation.metrics import exact_match, f1, normalize_japanese
from components.models import ModelError, load
from tests.unit.models import tiny

QUESTION, CONTEXT = "who is the ceo?", "tim cook is the ceo of apple inc. the cat sat on the mat, playing."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    settings = {"max_answer_length": 4, "no_answer_threshold": 1000.0, "temperature": 2.0, "stride": 8}
    return tiny.save(tmp_path_factory.mktemp("qa") / "en", "BertForQuestionAnswering", settings=settings)


def brute_force(folder, question, context, longest, temperature):
    """Every allowed span of a text of one window, and "no answer", from the library's logits: {(first, last): score}, null score."""
    model, tokenizer = AutoModelForQuestionAnswering.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    encoding = tokenizer(question, context, return_tensors="pt", return_offsets_mapping=True)
    offsets = encoding.pop("offset_mapping")[0].tolist()
    with torch.inference_mode():
        output = model(**encoding)
    start, end = output.start_logits[0] / temperature, output.end_logits[0] / temperature
    places = [place for place, sequence in enumerate(encoding.sequence_ids(0)) if sequence == 1]
    spans = {}
    for first in places:
        for last in places:
            if first <= last < first + longest:
                spans[offsets[first][0], offsets[last][1]] = float(start[first] + end[last])
    return spans, float(start[0] + end[0])


def test_best_spans_and_their_shares_equal_brute_force(folder):
    spans, null = brute_force(folder, QUESTION, CONTEXT, 4, 2.0)
    model = load(folder)
    reading = model.read(QUESTION, CONTEXT, top_k=3)
    (start, end), score = max(spans.items(), key=lambda item: item[1])
    total = sum(math.exp(value) for value in spans.values()) + math.exp(null)
    best = reading.candidates[0]
    # Spans are widened to whole words, so the best one lies within the answer.
    assert best.start <= start < end <= best.end and CONTEXT[best.start : best.end] == best.text
    assert best.score == pytest.approx(math.exp(score) / total, rel=1e-4)
    assert reading.best_score == pytest.approx(score, abs=1e-4)
    assert reading.null_score == pytest.approx(null, abs=1e-4)
    assert reading.no_answer_probability == pytest.approx(math.exp(null) / total, rel=1e-4)
    for a, b in pairwise(reading.candidates):
        assert a.score >= b.score
    ordered = sorted(reading.candidates, key=lambda answer: answer.start)
    assert all(a.end <= b.start for a, b in pairwise(ordered))
    assert model.answer(QUESTION, CONTEXT) == list(reading.answers) == list(reading.candidates)


def test_no_answer_wins_above_the_threshold(folder):
    model = load(folder)
    reading = model.read(QUESTION, CONTEXT)
    difference = reading.null_score - reading.best_score
    assert model.read(QUESTION, CONTEXT, threshold=difference - 0.01).answers == ()
    assert model.read(QUESTION, CONTEXT, threshold=difference + 0.01).answers == reading.candidates


def test_long_contexts_are_read_whole(folder):
    model = load(folder)
    context = "the cat sat on the mat. " * 80 + "tim cook is the ceo of apple. " + "on the mat. " * 50
    seen = []
    reading = model.read(QUESTION, context, progress=lambda done, of: seen.append((done, of)))
    assert len(reading.windows) > 10 and seen[-1][0] == seen[-1][1] == len(reading.windows)
    assert reading.windows[0].characters[0] == 0 and reading.windows[-1].tokens[1] == len(reading.tokens)
    for window, after in pairwise(reading.windows):
        assert window.tokens[1] - after.tokens[0] >= 8
    assert reading.null_score == pytest.approx(min(window.null_score for window in reading.windows))
    assert reading.best_score == pytest.approx(max(window.best_score for window in reading.windows))
    assert len(reading.start_scores) == len(reading.tokens) and np.isfinite(reading.start_scores).all()
    for answer in reading.candidates:
        assert context[answer.start : answer.end] == answer.text


def test_many_are_read_as_each_alone(folder):
    model = load(folder)
    pairs = [(QUESTION, CONTEXT), ("", CONTEXT), ("where is the cat?", "the cat sat on the mat. " * 30), (QUESTION, "\n")]
    found = model.read_all(pairs, top_k=3)
    assert [getattr(one, "key", None) for one in found] == [None, "models.no_question", None, "models.no_context"]
    for (question, context), reading in zip(pairs, found, strict=True):
        if not isinstance(reading, ModelError):
            alone = model.read(question, context, top_k=3)
            assert [(one.start, one.end) for one in reading.candidates] == [(one.start, one.end) for one in alone.candidates]
            assert reading.null_score == pytest.approx(alone.null_score, abs=1e-4)


def test_a_reading_that_was_stopped_says_what_was_read(folder):
    model = load(folder)
    asked = model.ask(QUESTION, "the cat sat on the mat. " * 80)
    scores = model.score(asked, range(3))
    reading = model.decode(asked, scores, top_k=3)
    assert len(asked.windows) > 3 == len(reading.windows)
    assert len(reading.tokens) == len(reading.start_scores) == asked.windows[2][1]
    assert all(answer.end <= reading.windows[-1].characters[1] for answer in reading.candidates)
    with pytest.raises(ValueError):
        model.decode(asked, [])


def test_every_answer_names_the_window_that_gave_it_its_score(folder):
    model = load(folder)
    context = "the cat sat on the mat. " * 30
    asked = model.ask(QUESTION, context)
    scores = model.score(asked, range(len(asked.windows)))
    reading = model.decode(asked, scores, top_k=5)
    assert len(reading.places) == len(reading.candidates) == 5 and reading.lead == reading.null_score - reading.best_score
    for place in reading.places:
        low = asked.windows[place.window][0]
        by_hand = scores[place.window].start[place.first - low] + scores[place.window].end[place.last - low]
        assert place.score == pytest.approx(float(by_hand), abs=1e-5)


def test_japanese_answers_have_exact_characters(tmp_path):
    model = load(tiny.save(tmp_path / "ja", "BertForQuestionAnswering", "ja", settings={"no_answer_threshold": 1000.0}))
    context = "㍿ｶﾞﾝﾊﾞﾙは１９９９年に東京で\n創業👨‍👩‍👧。か\u3099っこう。" * 6
    answers = model.answer("会社はいつ？", context, top_k=5)
    assert len(answers) == 5
    for answer in answers:
        assert context[answer.start : answer.end] == answer.text != ""


def test_wrong_use(folder):
    model = load(folder)
    with pytest.raises(TypeError):
        model.answer(["q"], CONTEXT)
    for question, context, key in [("", CONTEXT, "models.no_question"), ("who?", " \n", "models.no_context")]:
        with pytest.raises(ModelError) as caught:
            model.answer(question, context)
        assert caught.value.key == key
    with pytest.raises(ModelError, match="200,001"):
        model.answer("who?", "a" * 200_001)
    assert model.read("cat " * 300, CONTEXT).question_left_out > 200


@pytest.mark.parametrize(
    ("prediction", "gold", "exact", "overlap"),
    [
        # From the definition of SQuAD v1.1's evaluation: articles, case and punctuation don't count.
        ("The Transformer!", ["transformer"], 1, 1),
        ("in 2017", ["2017"], 0, 2 / 3),
        ("2018", ["2017", "2018"], 1, 1),
        ("", [], 1, 1),
        ("2017", [], 0, 0),
        ("a b b", ["b c"], 0, 0.5),
    ],
)
def test_squad_scores(prediction, gold, exact, overlap):
    assert exact_match(prediction, gold) == exact
    assert f1(prediction, gold) == pytest.approx(overlap)


def test_japanese_scores_count_characters():
    assert f1("東京都", ["東京"], "ja") == pytest.approx(2 * (2 / 3) / (2 / 3 + 1))
    assert exact_match("「東京」。", ["東京"], "ja") == 1
    assert exact_match("ﾄｳｷｮｳ", ["トウキョウ"], "ja") == 1
    assert f1("大阪", ["東京"], "ja") == 0


@given(st.text(max_size=30), st.text(max_size=30))
def test_f1_is_symmetric_and_one_for_equals(a, b):
    for language in ("en", "ja"):
        assert f1(a, [b], language) == pytest.approx(f1(b, [a], language))
        assert f1(a, [a], language) == exact_match(a, [a], language) == 1
        assert 0 <= f1(a, [b], language) <= 1
    assert " " not in normalize_japanese(a)
