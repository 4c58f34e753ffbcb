"""The number of each text."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.evaluation.label_tables import decimals_for, number_columns
from components.tables.columns import guess_columns


class Numbers:
    fields = ("text",)

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        return (guess_columns(frame).text,)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        texts = [text for (text,) in rows]
        answers, learned = self.model.predict(texts), self.model.learned
        columns = number_columns(texts, answers, decimals_for(learned.low or 0.0, learned.high or 0.0), self.model.language)
        records = [
            {"number": one.value if text.strip() else None, "note": note}
            for text, one, note in zip(texts, answers, columns["note"], strict=True)
        ]
        return Answers(columns, records)
