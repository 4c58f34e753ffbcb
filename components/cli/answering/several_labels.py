"""All labels of each text that hold, with the probability of each."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.evaluation.label_tables import label_columns
from components.tables.columns import guess_columns


class SeveralLabels:
    fields = ("text",)

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        return (guess_columns(frame).text,)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        texts = [text for (text,) in rows]
        answers = self.model.predict(texts)
        columns = label_columns(texts, answers, self.model.labels, self.model.language)
        records = [
            {"labels": list(one.labels), "probabilities": one.scores, "note": note}
            if text.strip()
            else {"labels": [], "probabilities": {}, "note": note}
            for text, one, note in zip(texts, answers, columns["note"], strict=True)
        ]
        return Answers(columns, records)
