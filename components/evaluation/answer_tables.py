"""Answers beside a table of questions: which columns are which, what a model answered in each row, and the columns of a download."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from components.errors import ModelError
from components.evaluation.prediction_tables import NOTES
from components.models.results import Answer
from components.tables.cells import share_without_text
from components.tables.columns import OTHER_NAMES, named
from components.tables.printed import read_printed
from components.text.language import flags

if TYPE_CHECKING:
    from components.models.qa import SpanPrediction

SAMPLE = 200
QUESTION_NAMES = ("question", "questions", "query", "質問", "質問文", "問い", "設問", "設問文", "問題", "問題文", "問")
CONTEXT_NAMES = (
    "context",
    "contexts",
    "passage",
    "paragraph",
    "document",
    "article",
    "text",
    "文脈",
    "文章",
    "本文",
    "段落",
    "テキスト",
    "記事",
)
ANSWER_NAMES = ("answer", "answers", "gold", "label", "答え", "答", "解答", "回答", "正解", "正答")
# How a printed list or dictionary of texts begins; "[CLS] is a token" is an answer as it stands.
_PRINTED = re.compile(r"""[\[({]\s*(?:["'\[{\])}]|array\(|None|nan)|\{\s*\w+\s*:|array\(""")
NOTHING_READ = {
    "models.no_question": "empty question",
    "models.no_context": "empty text",
    "models.context_too_long": "text too long",
}


@dataclass(frozen=True)
class QuestionColumns:
    """Column names; None where no column looks like it."""

    question: str
    context: str | None
    answer: str | None


@dataclass(frozen=True)
class AnswerRow:
    """What a model said of one row. answer: the best span, whether or not "no answer" wins; None where nothing could be read.

    lead: logits by which "no answer" is above it. no_answer: its probability. note: what the model was not made for, "" where nothing is.
    """

    answer: Answer | None
    lead: float
    no_answer: float
    note: str = ""

    def answer_at(self, threshold: float) -> str:
        """The answer that counts, "" for none."""
        return self.answer.text if self.answer and self.lead <= threshold else ""


def guess_question_columns(frame: pd.DataFrame) -> QuestionColumns:
    """By what stands in the columns and by their names: the question asks, the text is long, the answer is called so; times, numbers and
    identifiers are none of the two first."""
    sample = frame.head(SAMPLE)
    length = {name: float(sample[name].str.len().mean()) for name in frame.columns}
    asking = {name: float(sample[name].str.strip().str.endswith(("?", "？", "か", "か。")).mean()) for name in frame.columns}
    bare = {name: share_without_text(sample[name]) > 0.5 for name in frame.columns}

    def score(name: str, hints: Sequence[str]) -> float:
        return 2 * (named(name, hints) - named(name, OTHER_NAMES)) - 2 * bare[name]

    question = max(frame.columns, key=lambda name: (score(name, QUESTION_NAMES) + asking[name], length[name]))
    others = [name for name in frame.columns if name != question]
    told = {name: score(name, CONTEXT_NAMES) for name in others}
    contexts = {name: told[name] + min(length[name] / 500, 0.5) for name in others if told[name] > 0 or length[name] > 2 * length[question]}
    context = max(contexts, key=contexts.__getitem__) if contexts else None
    answers = {name: named(name, ANSWER_NAMES) - named(name, OTHER_NAMES) for name in others if name != context}
    answer = max(answers, key=answers.__getitem__) if answers else None
    return QuestionColumns(question, context, answer if answer is not None and answers[answer] > 0 else None)


def accepted_answers(cell: str) -> list[str] | None:
    """The right answers that a cell states: its text, or a list of texts or SQuAD's {"text": [...]} as JSON, Python or NumPy prints them.

    [] for "there is none"; None where the cell looks like such a form and can't be read as one.
    """
    cell = cell.strip()
    if not _PRINTED.match(cell):
        return [cell] if cell else []
    try:
        texts = _texts(read_printed(cell))
    except ValueError:
        return None
    return None if texts is None else [text for text in texts if text.strip()]


def unreadable_answers(cells: Sequence[str]) -> list[int]:
    """The rows whose cell looks like a printed list of answers and can't be read as one."""
    return [row for row, cell in enumerate(cells) if accepted_answers(cell) is None]


def _texts(value: object) -> list[str] | None:
    """The texts within a value as annotation files nest them; None where something else is in it."""
    if isinstance(value, str):
        return [value]
    if value is None or value != value:
        return []
    if isinstance(value, dict):
        stated = [value[key] for key in ("text", "texts", "answer", "answers", "span", "spans") if key in value]
        return _texts(stated[0]) if stated else None if value else []
    if isinstance(value, list):
        parts = [_texts(part) for part in value]
        return None if None in parts else [text for part in parts if part for text in part]
    return None


def answer_rows(
    pairs: Sequence[tuple[str, str]], readings: Sequence["SpanPrediction | ModelError"], language: str | None
) -> tuple[AnswerRow, ...]:
    """What was read of (question, context) pairs, without the scores of their tokens. language: the model's."""
    return tuple(_row(*pair, reading, language) for pair, reading in zip(pairs, readings, strict=True))


def answer_columns(rows: Sequence[AnswerRow], threshold: float, scores: pd.DataFrame | None = None, suffix: str = "") -> pd.DataFrame:
    """answer ("" for none), its place and probability, "no answer"'s lead, then `scores` where given, and the note; all text."""
    shown = [row.answer if row.answer_at(threshold) else None for row in rows]
    columns = {
        "answer": [answer.text if answer else "" for answer in shown],
        "start": [str(answer.start) if answer else "" for answer in shown],
        "end": [str(answer.end) if answer else "" for answer in shown],
        "probability": [_decimals(answer.score if answer else row.no_answer, row) for answer, row in zip(shown, rows, strict=True)],
        "no_answer_lead": [_decimals(row.lead, row) for row in rows],
    }
    if scores is not None:
        columns |= {name: [f"{value:.4f}" if value == value else "" for value in scores[name]] for name in scores.columns}
    columns["note"] = [row.note for row in rows]
    return pd.DataFrame(columns, dtype="str").add_suffix(suffix)


def _row(question: str, context: str, reading: "SpanPrediction | ModelError", language: str | None) -> AnswerRow:
    if isinstance(reading, ModelError):
        return AnswerRow(None, float("inf"), 1.0, NOTHING_READ.get(reading.key, "not read"))
    notes = [NOTES[key] for key in flags(context, language)]
    notes += [f"question: {NOTES[key]}" for key in flags(question, language)]
    if reading.question_left_out:
        notes.append(f"question cut by {reading.question_left_out} tokens")
    best = reading.candidates[0] if reading.candidates else None
    return AnswerRow(best, reading.lead if best else float("inf"), reading.no_answer_probability, ", ".join(notes))


def _decimals(value: float, row: AnswerRow) -> str:
    return f"{value:.4f}" if row.answer else ""
