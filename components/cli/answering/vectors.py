"""The vector of each text, of length 1: the dot product of two is their cosine similarity."""

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.models.precision import precision_for
from components.tables.columns import guess_columns


class Vectors:
    fields = ("text",)

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        return (guess_columns(frame).text,)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        with precision_for(total):
            vectors = self.model.encode([text for (text,) in rows])
        lists = [[round(float(number), 7) for number in vector] for vector in vectors]
        return Answers(pd.DataFrame({"vector": [json.dumps(vector) for vector in lists]}, dtype="str"), [{"vector": one} for one in lists])
