"""SQuAD's JSON, versions 1.1 and 2.0, and what is written like it (JaQuAD, JSQuAD, SQuADShifts): a row for each question."""

import json
from typing import Any

import pandas as pd

from components.errors import TableError
from components.tables.limits import MAX_CELL, MAX_JSON_MARKS, MAX_ROWS
from components.tables.table import Table
from components.text.tokens import readable

COLUMNS = ("context", "question", "answers", "title", "id")
HEAD = 2_000_000  # bytes in which the form shows: the first passage is within them
MAX_CHARACTERS = 400_000_000  # of the table, in which a passage stands once for each of its questions


def squad_table(data: bytes) -> Table | None:
    """The questions of a file in this form; None for any other file. Raises TableError where it is damaged or holds too much."""
    head = data[:HEAD]
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")) or b'"paragraphs"' not in head or b'"qas"' not in head:
        return None
    if sum(data.count(mark) for mark in (b",", b"[", b"{")) > MAX_JSON_MARKS:
        raise TableError("training.json-too-large", limit=f"{MAX_JSON_MARKS:,}")
    try:
        content = json.loads(data.decode("utf-8-sig"))
        rows = _rows(content["data"] if isinstance(content, dict) else content)
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as problem:
        raise TableError("training.squad-damaged") from problem
    if not rows:
        raise TableError("training.squad-damaged")
    return Table(pd.DataFrame(rows, columns=list(COLUMNS), dtype="str"), "utf-8", None, lines=tuple(range(1, len(rows) + 1)))


def _rows(articles: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    taken = 0
    for article in articles:
        for paragraph in article["paragraphs"]:
            context = readable(str(paragraph["context"])[:MAX_CELL])
            for question in paragraph["qas"]:
                taken += len(context)
                if len(rows) == MAX_ROWS or taken > MAX_CHARACTERS:
                    raise TableError("training.squad-too-large", rows=f"{MAX_ROWS:,}", characters=f"{MAX_CHARACTERS // 10**6}")
                named = (str(question["question"]), _answers(question), str(article.get("title", "")), str(question.get("id", "")))
                rows.append((context, *map(readable, named)))
    return rows


def _answers(question: dict[str, Any]) -> str:
    """The accepted answers in SQuAD's own form, none for a question that is marked as impossible."""
    answers = [] if question.get("is_impossible") else question.get("answers") or []
    starts = [int(answer["answer_start"]) for answer in answers if "answer_start" in answer]
    cell = {"text": [str(answer["text"]) for answer in answers], "answer_start": starts if len(starts) == len(answers) else []}
    return json.dumps(cell, ensure_ascii=False)
