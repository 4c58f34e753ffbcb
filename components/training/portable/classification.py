"""Classes of texts as ONNX: one answer a row."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.text.tokens import head, readable
from components.training.portable import Judged
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PortableClassification:
    measure = "accuracy"
    auto_class = "AutoModelForSequenceClassification"

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        number = {label: number for number, label in enumerate(labels)}
        texts = [readable(head(text, settings.max_length)) for text in rows[settings.text]]
        ids = tokenizer(texts, truncation=True, max_length=settings.max_length, return_attention_mask=False, verbose=False)["input_ids"]
        return Judged(tuple(texts), tuple(map(tuple, ids)), None, np.array([number[label] for label in rows[settings.label].str.strip()]))

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return np.asarray(logits.argmax(axis=-1))

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        return float((answers == judged.wanted).mean())

    def code(self, japanese: bool) -> str:
        texts = "[words(text) for text in texts]" if japanese else "texts"
        return (
            'texts = ["..."]\n'
            f"batch = tokenizer.encode_batch({texts})\n"
            'inputs = {"input_ids": [one.ids for one in batch], "attention_mask": [one.attention_mask for one in batch]}\n'
            "logits = session.run(None, {name: np.array(rows) for name, rows in inputs.items()})[0]\n"
            'scores = np.exp((logits - logits.max(axis=1, keepdims=True)) / settings["temperature"])\n'
            "for row in scores / scores.sum(axis=1, keepdims=True):\n"
            '    print(settings["labels"][row.argmax()], round(float(row.max()), 4))\n'
        )
