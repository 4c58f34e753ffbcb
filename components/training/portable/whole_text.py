"""What the tasks share as ONNX that give one answer a text."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.text.tokens import head, readable
from components.training.portable import Judged, Portable
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PortableTexts(Portable, ABC):
    """A task of this kind says what would be right for the judged rows (`wanted`), and the rest."""

    auto_class = "AutoModelForSequenceClassification"
    kept: Mapping[str, Any]

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        texts = [readable(head(text, settings.max_length)) for text in rows[settings.text]]
        ids = tokenizer(texts, truncation=True, max_length=settings.max_length, return_attention_mask=False, verbose=False)["input_ids"]
        return Judged(tuple(texts), tuple(map(tuple, ids)), None, self.wanted(rows[settings.label], labels))

    @abstractmethod
    def wanted(self, cells: pd.Series, labels: Sequence[str]) -> np.ndarray:
        """The labels' cells (n,) -> what would be right, a row each."""

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        return int((exact != small).sum())

    @staticmethod
    def asked(japanese: bool) -> str:
        """The part of a program that ends with `logits` of `texts`."""
        texts = "[words(text) for text in texts]" if japanese else "texts"
        return (
            'texts = ["..."]\n'
            f"batch = tokenizer.encode_batch({texts})\n"
            'inputs = {"input_ids": [one.ids for one in batch], "attention_mask": [one.attention_mask for one in batch]}\n'
            "logits = session.run(None, {name: np.array(rows) for name, rows in inputs.items()})[0]\n"
        )
