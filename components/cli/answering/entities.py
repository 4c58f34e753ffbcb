"""The named entities of each text, with their characters."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.evaluation.entity_tables import entity_columns
from components.tables.columns import guess_columns


class Entities:
    fields = ("text",)

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        return (guess_columns(frame).text,)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        found = self.model.predict([text for (text,) in rows])
        return Answers(entity_columns(found, self.model.labels), [{"entities": [asdict(one) for one in entities]} for entities in found])
