"""Tables of pairs and of questions: which columns are which, what the doctor says of them, and the files that hold questions."""

import json

import pandas as pd
import pytest

from components.errors import TableError
from components.tables.annotated import read_annotated
from components.training.answer_cells import Wanted, place_of, read_wanted
from components.training.doctor import examine
from components.training.findings import apply_fixes
from components.training.lexical_answers import lexical_answers
from components.training.pair_columns import number_of
from components.training.task_tables import Columns, guess_task, task_table

PASSAGE = "Ada was born in London. In London she met Babbage."


def table(**columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns, dtype="str")


def squad(*paragraphs: dict, **more: object) -> bytes:
    return json.dumps({"version": "v2.0", "data": [{"title": "Ada", "paragraphs": list(paragraphs)}], **more}).encode()


def kinds(frame: pd.DataFrame, task: str, columns: Columns) -> dict[str, tuple[int, ...]]:
    ready, named = task_table(task).prepare(frame, columns)
    report = examine(ready, named.text, named.label, task=task, second=named.second, start=named.start)
    return {finding.kind: finding.rows for finding in report.findings}


PAIRS = {"sentence1": [f"a dog number {n} runs" for n in range(12)], "sentence2": [f"an animal {n} is moving" for n in range(12)]}
QUESTIONS = {
    "context": [f"{PASSAGE} It was year {n}." for n in range(8)],
    "question": ["Where was Ada born?", "Whom did she meet?"] * 4,
    "answer": ["London", "Babbage"] * 4,
}


@pytest.mark.parametrize(
    ("columns", "task", "guessed"),
    [
        (PAIRS | {"score": [f"{n / 3:.2f}" for n in range(12)]}, "pairs", ("sentence1", "sentence2", "score")),
        (PAIRS | {"label": ["entailment", "neutral", "contradiction"] * 4}, "pair_classes", ("sentence1", "sentence2", "label")),
        (PAIRS | {"is_duplicate": ["0", "1"] * 6}, "pair_classes", ("sentence1", "sentence2", "is_duplicate")),
        (
            {"前提": [f"犬が {n} 匹走っています。" for n in range(12)], "仮説": [f"動物が {n} 匹います。" for n in range(12)], "関係": ["含意", "中立"] * 6},
            "pair_classes",
            ("前提", "仮説", "関係"),
        ),
        (QUESTIONS, "questions", ("context", "question", "answer")),
        ({"title": ["Lamp", "Radio"] * 6, "review": [f"It is a lovely thing number {n}, I like it" for n in range(12)], "stars": ["1", "5"] * 6}, "classification", None),
    ],
)  # fmt: skip
def test_the_task_is_told_by_the_columns(columns, task, guessed):
    frame = table(**columns)
    assert guess_task(frame) == task
    if guessed:
        found = task_table(task).guess(frame).columns
        assert (found.text, found.second, found.label) == guessed


def test_pairs_with_faults_are_found_and_left_out():
    frame = table(
        a=["one cat", "two cats", "three cats", "same", "four cats", "four cats", "five cats", ""],
        b=["a cat", "", "cats", "same", "pets", "pets", "pets here", "x"],
        n=["1.5", "2", "many", "５", "1", "4", "1,000", "3"],
    )
    found = kinds(frame, "pairs", Columns("a", "n", "b"))
    assert {kind: found[kind] for kind in ("empty-second", "not-a-number", "same-texts", "pair-clash")} == {
        "empty-second": (1,), "not-a-number": (2,), "same-texts": (3,), "pair-clash": (4, 5),
    }  # fmt: skip
    assert [number_of(cell) for cell in ("５", "1,000", "−2", "nan", "x", "")] == [5, 1000, -2, None, None, None]
    assert "no-numbers" in kinds(frame.assign(n="word"), "pairs", Columns("a", "n", "b"))
    assert "one-number" in kinds(frame.assign(n="3"), "pairs", Columns("a", "n", "b"))
    clash = kinds(frame.assign(n=["x", "y"] * 4), "pair_classes", Columns("a", "n", "b"))
    assert clash["pair-clash"] == (4, 5) and clash["same-texts"] == (3,)


@pytest.mark.parametrize(
    ("cell", "start", "kind", "text"),
    [
        ("Babbage", "", "found", "Babbage"),
        ("London", "", "several", "London"),
        ("London", "27", "given", "London"),
        ("London", "25", "moved", "London"),
        ("Paris", "", "missing", ""),
        ("", "", "none", ""),
        ("{'text': ['London', 'in London'], 'answer_start': [16, 13]}", "", "given", "London"),
        ("[{'text': ", "", "unreadable", ""),
    ],
)
def test_an_answer_is_placed_by_its_exact_characters(cell, start, kind, text):
    wanted = read_wanted(cell, start)
    written = wanted.written() if wanted else cell
    place = place_of(PASSAGE, written)
    assert (place.kind, PASSAGE[place.start : place.end] if place.start >= 0 else "") == (kind, text)
    if start == "27":
        assert place.start == 27
    if start == "25":
        assert place.start == 27  # the nearest of the two
    if wanted:
        assert read_wanted(written) == wanted  # what is prepared is prepared once and for all


def test_questions_with_faults_are_found_and_their_fixes_leave_the_rest():
    frame = table(
        p=[PASSAGE, PASSAGE + "!", PASSAGE + "?", PASSAGE + " A", PASSAGE + " B", "Other words in another passage"],
        q=["Who?", "Where?", "Why?", "", "How?", "What?"],
        a=["Babbage", "London", "because", "Ada", "", "passage"],
        s=["42", "", "", "0", "", "3"],
    )
    columns = Columns("p", "a", "q", "s")
    assert task_table("questions").guess(frame.set_axis(["context", "question", "answer", "start"], axis=1)).columns.start == "start"
    ready, named = task_table("questions").prepare(frame, columns)
    report = examine(ready, named.text, named.label, task="questions", second=named.second)
    found = {finding.kind: finding for finding in report.findings}
    rows = {kind: found[kind].rows for kind in ("answer-missing", "answer-several", "answer-moved", "empty-question", "unanswerable")}
    assert rows == {
        "answer-missing": (2,), "answer-several": (1,), "answer-moved": (5,), "empty-question": (3,), "unanswerable": (4,),
    }  # fmt: skip
    left = apply_fixes(ready, [found["answer-missing"].fix, found["empty-question"].fix])
    assert left.index.tolist() == [0, 1, 4, 5]


def test_squad_files_are_read_whatever_their_version():
    asked = {
        "question": "Where?",
        "id": "1",
        "answers": [{"text": "London", "answer_start": 16}, {"text": "in London", "answer_start": 13}],
    }
    silent = {
        "question": "When?",
        "id": "2",
        "is_impossible": True,
        "answers": [],
        "plausible_answers": [{"text": "Ada", "answer_start": 0}],
    }
    found = read_annotated(squad({"context": PASSAGE, "qas": [asked, silent]}), "dev.json")
    assert (found.form, found.task) == ("squad", "questions") and list(found.table.frame["question"]) == ["Where?", "When?"]
    cells = found.table.frame["answers"].tolist()
    assert [read_wanted(cell) for cell in cells] == [Wanted(("London", "in London"), (16, 13)), Wanted()]
    assert guess_task(found.table.frame) == "questions"
    bare = {"context": PASSAGE, "qas": [{"question": "Who?", "answers": [{"text": "Babbage"}]}]}  # neither id nor place
    assert read_annotated(b"\xef\xbb\xbf" + squad(bare), "x.json").table.frame["id"].tolist() == [""]
    for other in (b'{"text": "a", "label": "b"}', b"paragraphs,qas\n1,2", b"", b"[]"):
        assert read_annotated(other, "x.json") is None
    for damaged in (squad({"context": PASSAGE, "qas": [asked]})[:-9], squad({"qas": [asked]}), squad({"context": "a", "qas": []})):
        with pytest.raises(TableError):
            read_annotated(damaged, "x.json")


def test_the_baseline_answers_from_the_sentence_that_shares_most_words():
    passage = "The lamp is green. The radio in the kitchen cost forty euros. My chair broke."
    start, end = lexical_answers([("How much did the radio in the kitchen cost?", passage)], 11)[0]
    assert passage[start:end] == "forty euros"
    assert lexical_answers([("Who?", "")], 5) == [(0, 0)]
