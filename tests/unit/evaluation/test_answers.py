"""Answers beside a table: columns guessed, right answers read, rows judged as SQuAD's own scripts do, thresholds by brute force."""

import numpy as np
import pandas as pd
import pytest

from components.evaluation.answer_tables import (
    AnswerRow,
    QuestionColumns,
    accepted_answers,
    answer_columns,
    answer_rows,
    guess_question_columns,
    unreadable_answers,
)
from components.evaluation.answers import KINDS, OUTCOMES, mark
from components.models import ModelError
from components.models.results import Answer

CONTEXT = "The Transformer was introduced in 2017 by eight authors."


def row(text: str, lead: float) -> AnswerRow:
    start = CONTEXT.index(text)
    return AnswerRow(Answer(text, start, start + len(text), 0.5), lead, 0.25)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"id": "1", "question": "When?", "context": CONTEXT, "answers": "2017"}, ("question", "context", "answers")),
        ({"質問": "いつ？", "文章": "東京は首都です。", "答え": ""}, ("質問", "文章", "答え")),
        (
            {"質問ID": "q1", "質問文": "首都はどこですか？", "参照本文": "日本の首都は東京です。", "模範解答": "東京"},
            ("質問文", "参照本文", "模範解答"),
        ),
        (
            {"question_id": "7", "answer_id": "8", "q": "Who?", "question_text": "Who wrote it?", "text": CONTEXT},
            ("question_text", "text", None),
        ),
        # Nothing in the names: the one that asks, and the long one.
        ({"a": "Who wrote it?", "b": CONTEXT * 2}, ("a", "b", None)),
        ({"a": "Who wrote it?"}, ("a", None, None)),
    ],
)
def test_columns_are_guessed(columns, expected):
    assert guess_question_columns(pd.DataFrame([columns] * 3, dtype="str")) == QuestionColumns(*expected)


@pytest.mark.parametrize(
    ("cell", "answers"),
    [
        ("2017", ["2017"]),
        (" \n", []),
        ('["2017", "in 2017"]', ["2017", "in 2017"]),
        ('{"text": ["2017"], "answer_start": [34]}', ["2017"]),
        ('{"text": [], "answer_start": []}', []),
        ("[CLS] is a token", ["[CLS] is a token"]),
        ("[1, 2]", ["[1, 2]"]),
        # As Python, pandas and NumPy print them.
        ("{'text': ['Paris'], 'answer_start': [0]}", ["Paris"]),
        ("{'text': array(['Paris'], dtype=object), 'answer_start': array([0], dtype=int32)}", ["Paris"]),
        ("['Paris' 'Lyon']", ["Paris", "Lyon"]),
        ("[{'text': 'Paris', 'answer_start': 0}]", ["Paris"]),
        ("('東京',)", ["東京"]),
        ("{'text': [\"It's\"], 'answer_start': [1]}", ["It's"]),
        ("{'text': [], 'answer_start': []}", []),
        ("[nan]", []),
        ("(see the text)", ["(see the text)"]),
        # What looks like one and can't be read.
        ("{'text': ['Paris'], 'answer_st", None),
        ("{'begin': 1}", None),
        ("['a', 3]", None),
        ("{text: Paris}", None),
        ("[" * 100_000, None),
        ("['" + "-" * 100_000 + "]", None),
    ],
)
def test_right_answers_are_read(cell, answers):
    assert accepted_answers(cell) == answers


def test_rows_whose_right_answers_cannot_be_read_are_not_judged():
    gold = ["{'text': ['2017'], 'answer_start': [3]}", "{'text': ['2017"]
    assert mark([row("2017", -3), row("2017", -3)], gold, [CONTEXT] * 2).rows.tolist() == [0]
    assert unreadable_answers(gold) == [1]


def test_rows_are_judged_as_squad_2_does():
    answers = [row("2017", -3), row("in 2017", -2), row("Transformer", 1), row("eight authors", -1), row("2017", 5), row("authors", -9)]
    answers.append(AnswerRow(None, float("inf"), 1.0, "empty question"))
    gold = ["2017", "2017", "2017", "2017", "", "", "2017"]
    marked = mark(answers, gold, [CONTEXT] * len(gold))
    judged = marked.judge(0.0)
    assert marked.rows.tolist() == [0, 1, 2, 3, 4, 5]  # what could not be read is not judged
    assert judged.exact.tolist() == [1, 0, 0, 0, 1, 0]
    assert judged.overlap.tolist() == pytest.approx([1, 2 / 3, 0, 0, 1, 0])
    assert [OUTCOMES[number] for number in judged.outcome] == ["exact", "partly", "none", "wrong", "exact", "wrong"]
    assert judged.table.tolist() == [[1, 1, 1, 1], [1, 0, 1, 0]]
    assert judged.score(judged.exact, "answerable").value == 0.25 and judged.score(judged.exact, "unanswerable").value == 0.5
    assert judged.in_cell((KINDS.index("unanswerable"), OUTCOMES.index("wrong"))).tolist() == [5]
    columns = judged.columns(7)
    assert columns["f1"].iloc[1] == pytest.approx(2 / 3) and np.isnan(columns["f1"].iloc[6])
    # At a higher threshold the third row's wrong span counts as given.
    assert OUTCOMES[marked.judge(2.0).outcome[2]] == "wrong"


def test_the_curve_is_what_judging_at_each_threshold_gives():
    random = np.random.default_rng(0)
    texts = ["2017", "in 2017", "eight authors", "The Transformer"]
    answers = [row(texts[random.integers(4)], float(random.normal() * 4)) for _ in range(40)]
    gold = [["2017", "", "eight authors"][random.integers(3)] for _ in answers]
    marked = mark(answers, gold, [CONTEXT] * len(gold))
    curve = marked.curve(0.75)
    thresholds, exact, overlap = curve.thresholds, curve.exact, curve.overlap
    assert 0.75 in thresholds
    for number in [0, 50, 100, int(np.flatnonzero(thresholds == 0.75)[0]), len(thresholds) - 1]:
        judged = marked.judge(thresholds[number])
        assert exact[number] == pytest.approx(judged.exact.mean()) and overlap[number] == pytest.approx(judged.overlap.mean())


def test_the_best_threshold_gives_what_is_said_of_it_where_it_is_rounded():
    """Leads within a hundredth of each other, and of the model's own threshold: judging at the number that is shown gives the F1 beside it."""
    random = np.random.default_rng(1)
    for own in (0.3381, 2.0, -7.126):
        answers = [row(["2017", "eight authors"][random.integers(2)], own + float(random.normal()) * 0.02) for _ in range(30)]
        marked = mark(answers, [["2017", ""][random.integers(2)] for _ in answers], [CONTEXT] * 30)
        best, f1 = marked.curve(own).best(own)
        assert marked.judge(float(f"{best:.2f}")).overlap.mean() == pytest.approx(f1)


def test_perfect_and_few_rows_have_intervals_with_a_width():
    judged = mark([row("2017", -3), row("2017", -2)], ["2017", "2017"], [CONTEXT] * 2).judge(0.0)
    for values in (judged.exact, judged.overlap):
        assert judged.score(values).value == judged.score(values).high == 1 and judged.score(values).low == pytest.approx(0.342, abs=1e-3)
    assert judged.score(judged.overlap, "unanswerable") is None


def test_japanese_rows_count_characters():
    context = "東京都は日本の首都です。"
    answers = [AnswerRow(Answer("東京都", 0, 3, 0.9), -5, 0.1)]
    marked = mark(answers, ["東京"], [context])
    assert marked.japanese.tolist() == [True] and marked.judge(0).overlap[0] == pytest.approx(0.8)


def test_columns_of_a_download():
    answers = [row("2017", -3), row("2017", 3), AnswerRow(None, float("inf"), 1.0, "empty text")]
    scores = pd.DataFrame({"exact_match": [1.0, 0.0, np.nan], "f1": [1.0, 0.0, np.nan]})
    frame = answer_columns(answers, 0.0, scores, " (qa-en)")
    assert frame["answer (qa-en)"].tolist() == ["2017", "", ""] and frame["start (qa-en)"].tolist() == ["34", "", ""]
    assert frame["probability (qa-en)"].tolist() == ["0.5000", "0.2500", ""]
    assert frame["f1 (qa-en)"].tolist() == ["1.0000", "0.0000", ""] and frame["note (qa-en)"].tolist() == ["", "", "empty text"]


def test_what_could_not_be_read_says_why():
    pairs = [("", CONTEXT), ("Who?", ""), ("Who?", "x")]
    problems = [ModelError("models.no_question"), ModelError("models.no_context"), ModelError("models.context_too_long", found=1, limit=0)]
    assert [one.note for one in answer_rows(pairs, problems, "en")] == ["empty question", "empty text", "text too long"]
