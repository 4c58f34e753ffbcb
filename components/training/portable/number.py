"""A number a text as ONNX: the network's one output is the number itself."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from components.evaluation.label_tables import decimals_for
from components.evaluation.numbers import spearman
from components.tables.numbers import is_number
from components.training.portable import Judged
from components.training.portable.whole_text import PortableTexts


class PortableNumber(PortableTexts):
    """Its score is a rank correlation and no share. An answer has changed where it is another one with as many decimals as the page writes."""

    measure = "spearman"

    def wanted(self, cells: pd.Series, labels: Sequence[str]) -> np.ndarray:
        return np.array([float(cell) if is_number(cell) else np.nan for cell in cells])

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return np.asarray(logits[:, 0].astype(np.float64))

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        known = np.isfinite(judged.wanted)
        return spearman(judged.wanted[known], answers[known])

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        decimals = decimals_for(float(self.kept.get("low") or 0.0), float(self.kept.get("high") or 0.0))
        return int((np.round(exact, decimals) != np.round(small, decimals)).sum())

    def code(self, japanese: bool) -> str:
        return self.asked(japanese) + "for row in logits:\n    print(float(row[0]))\n"
