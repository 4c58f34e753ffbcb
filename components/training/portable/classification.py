"""Classes of texts as ONNX: one answer a row."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from components.training.portable import Judged
from components.training.portable.whole_text import PortableTexts

CLASSES = (
    'scores = np.exp((logits - logits.max(axis=1, keepdims=True)) / settings["temperature"])\n'
    "for row in scores / scores.sum(axis=1, keepdims=True):\n"
    '    print(settings["labels"][row.argmax()], round(float(row.max()), 4))\n'
)


class PortableClassification(PortableTexts):
    measure = "accuracy"

    def wanted(self, cells: pd.Series, labels: Sequence[str]) -> np.ndarray:
        number = {label: number for number, label in enumerate(labels)}
        return np.array([number[label] for label in cells.str.strip()])

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return np.asarray(logits.argmax(axis=-1))

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        return float((answers == judged.wanted).mean())

    def code(self, japanese: bool) -> str:
        return self.asked(japanese) + CLASSES
