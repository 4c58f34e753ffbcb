"""The most probable tokens for each [MASK] of a text."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from components.cli.answering import Answers, Row
from components.errors import ModelError
from components.models.results import Fill
from components.tables.columns import guess_columns
from components.text.masks import MASK, with_masks

NOTES = {"models.nothing_masked": "no [MASK]", "models.too_many_masks": "too many [MASK]", "models.context_too_long": "text too long"}


class MaskedWords:
    fields = ("text",)

    def __init__(self, model: Any) -> None:
        self.model = model

    def guess(self, frame: pd.DataFrame) -> tuple[str | None, ...]:
        masked = [str(name) for name in frame.columns if frame[name].head(200).map(lambda cell: MASK in with_masks(cell)).any()]
        return (masked[0] if masked else guess_columns(frame).text,)

    def answer(self, rows: Sequence[Row], total: int) -> Answers:
        texts = [text for (text,) in rows]
        try:
            found = [(fills, "") for fills in self.model.fill_all(texts)]
        except ModelError:  # one of them can't be filled: the others can
            found = [self._one(text) for text in texts]
        columns = {
            "fill": ["; ".join(fills[0].token for fills in masks) for masks, _ in found],
            "probability": ["; ".join(f"{fills[0].score:.4f}" for fills in masks) for masks, _ in found],
            "fills": [json.dumps([[asdict(fill) for fill in fills] for fills in masks], ensure_ascii=False) for masks, _ in found],
            "note": [note for _, note in found],
        }
        records = [{"masks": [[asdict(fill) for fill in fills] for fills in masks], "note": note} for masks, note in found]
        return Answers(pd.DataFrame(columns, dtype="str"), records)

    def _one(self, text: str) -> tuple[list[list[Fill]], str]:
        try:
            return self.model.fill(text), ""
        except ModelError as problem:
            return [], NOTES.get(problem.key, "not read")
