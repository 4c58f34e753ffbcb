"""Answers beside a table of questions: which columns are which, what a model answered in each row, and the columns of a download."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from components.errors import ModelError
from components.evaluation.prediction_tables import NOTES
from components.models.results import Answer
from components.text.language import flags

if TYPE_CHECKING:
    from components.models.qa import Reading

SAMPLE = 200
QUESTION_NAMES = ("question", "query", "質問", "問い", "設問", "問題")
CONTEXT_NAMES = ("context", "passage", "paragraph", "document", "text", "文脈", "文章", "本文", "段落", "テキスト")
ANSWER_NAMES = ("answer", "gold", "label", "答え", "解答", "回答", "正解")
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

    def given(self, threshold: float) -> str:
        """The answer that counts, "" for none."""
        return self.answer.text if self.answer and self.lead <= threshold else ""


def guess_question_columns(frame: pd.DataFrame) -> QuestionColumns:
    """By name first; else the question is the column that most often ends with a question mark, the text the longest of the others."""
    sample = frame.head(SAMPLE)
    names = list(frame.columns)
    length = {name: float(sample[name].str.len().mean()) for name in names}
    asking = {name: float(sample[name].str.strip().str.endswith(("?", "？", "か", "か。")).mean()) for name in names}
    question = _named(names, QUESTION_NAMES) or max(names, key=lambda name: (asking[name], length[name]))
    others = [name for name in names if name != question]
    context = _named(others, CONTEXT_NAMES) or next((name for name in others if length[name] > 2 * length[question]), None)
    answer = _named([name for name in others if name != context], ANSWER_NAMES)
    return QuestionColumns(question, context, answer)


def accepted_answers(cell: str) -> list[str]:
    """The right answers that a cell states: its text; a JSON list of texts; or SQuAD's {"text": [...]}. [] for "there is none"."""
    cell = cell.strip()
    if cell[:1] in "[{" and cell:
        try:
            stated = json.loads(cell)
        except (ValueError, RecursionError):
            return [cell]
        stated = stated.get("text") if isinstance(stated, dict) else stated
        stated = [stated] if isinstance(stated, str) else stated
        if isinstance(stated, list) and all(isinstance(one, str) for one in stated):
            return [one for one in stated if one.strip()]
    return [cell] if cell else []


def answer_rows(
    pairs: Sequence[tuple[str, str]], readings: Sequence["Reading | ModelError"], language: str | None
) -> tuple[AnswerRow, ...]:
    """What was read of (question, context) pairs, without the scores of their tokens. language: the model's."""
    return tuple(_row(*pair, reading, language) for pair, reading in zip(pairs, readings, strict=True))


def answer_columns(rows: Sequence[AnswerRow], threshold: float, scores: pd.DataFrame | None = None, suffix: str = "") -> pd.DataFrame:
    """answer ("" for none), its place and probability, "no answer"'s lead, then `scores` where given, and the note; all text."""
    shown = [row.answer if row.given(threshold) else None for row in rows]
    columns = {
        "answer": [one.text if one else "" for one in shown],
        "start": [str(one.start) if one else "" for one in shown],
        "end": [str(one.end) if one else "" for one in shown],
        "probability": [_decimals(one.score if one else row.no_answer, row) for one, row in zip(shown, rows, strict=True)],
        "no_answer_lead": [_decimals(row.lead, row) for row in rows],
    }
    if scores is not None:
        columns |= {name: [f"{value:.4f}" if value == value else "" for value in scores[name]] for name in scores.columns}
    columns["note"] = [row.note for row in rows]
    return pd.DataFrame(columns, dtype="str").add_suffix(suffix)


def _row(question: str, context: str, reading: "Reading | ModelError", language: str | None) -> AnswerRow:
    if isinstance(reading, ModelError):
        return AnswerRow(None, float("inf"), 1.0, NOTHING_READ.get(reading.key, "not read"))
    notes = [NOTES[key] for key in flags(context, language)]
    notes += [f"question: {NOTES[key]}" for key in flags(question, language)]
    if reading.question_left_out:
        notes.append(f"question cut by {reading.question_left_out} tokens")
    best = reading.candidates[0] if reading.candidates else None
    return AnswerRow(best, reading.lead if best else float("inf"), reading.no_answer_probability, ", ".join(notes))


def _named(names: Sequence[str], hints: Sequence[str]) -> str | None:
    """The first column whose name is a hint, else holds one; hints in their order."""
    for fits in (str.__eq__, str.__contains__):
        for hint in hints:
            for name in names:
                if fits(str(name).strip().lower(), hint):
                    return name
    return None


def _decimals(value: float, row: AnswerRow) -> str:
    return f"{value:.4f}" if row.answer else ""
