"""The class of each text, with its probability."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.evaluation.prediction_tables import result_columns, scored
from components.models.precision import precision_for
from components.tables.columns import guess_columns


class Classes:
    fields = ("text",)

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        return (guess_columns(frame).text,)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        texts = [text for (text,) in rows]
        with precision_for(total):
            predictions = self.model.predict(texts)
        result = scored(texts, predictions, self.model.labels, self.model.language)
        records = [
            {"prediction": None, "probability": None, "probabilities": {}, "note": note}
            if nothing
            else {"prediction": one.label, "probability": one.score, "probabilities": one.scores, "note": note}
            for one, note, nothing in zip(predictions, result.notes, result.empty.tolist(), strict=True)
        ]
        return Answers(result_columns(result), records)
