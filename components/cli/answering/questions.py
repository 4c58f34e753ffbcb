"""The answer to each question in its text, or none."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.evaluation.answer_tables import AnswerRow, answer_columns, answer_rows, guess_question_columns
from components.models.inference import groups
from components.text.windows import MAX_CHARACTERS


class Questions:
    fields = ("question", "text")

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        guess = guess_question_columns(frame)
        return guess.question, guess.context

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        pairs = [(question, text) for question, text in rows]
        read: list[AnswerRow] = []
        for part in groups([len(text) for _, text in pairs], len(pairs), MAX_CHARACTERS):
            asked = [pairs[row] for row in part]
            read += answer_rows(asked, self.model.read_all(asked), self.model.language)
        shown = [row.answer if row.answer_at(self.model.threshold) else None for row in read]
        records = [
            {"answer": one.text, "start": one.start, "end": one.end, "probability": one.score, "note": row.note}
            if one
            else {"answer": None, "start": None, "end": None, "probability": row.no_answer, "note": row.note}
            for one, row in zip(shown, read, strict=True)
        ]
        return Answers(answer_columns(read, self.model.threshold), records)
