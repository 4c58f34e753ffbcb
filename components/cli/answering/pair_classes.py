"""The class of each pair of texts, with its probability."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.evaluation.label_tables import classes_of_pairs, pair_columns
from components.tables.columns import guess_columns
from components.training.pair_columns import guess_texts


class PairClasses:
    fields = ("text", "second")

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        return guess_texts(frame) or (guess_columns(frame).text, None)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        answers = classes_of_pairs([(first, second) for first, second in rows], self.model.predict_pairs)
        records: list[dict[str, Any]] = [
            {"label": one.label, "probability": one.score, "probabilities": one.scores}
            if one
            else {"label": None, "probability": None, "probabilities": {}}
            for one in answers
        ]
        return Answers(pair_columns(answers), records)
