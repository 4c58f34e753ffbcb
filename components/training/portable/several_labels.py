"""Several labels a text as ONNX: each label by its own probability and threshold."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from components.evaluation.label_sets import micro_f1
from components.training.label_sets import read
from components.training.portable import Judged
from components.training.portable.whole_text import PortableTexts

USUAL = 0.5  # where no threshold was kept


class PortableSets(PortableTexts):
    measure = "micro_f1"

    def judged(self, *given: object) -> Judged:
        self.labels = tuple(str(label) for label in given[-1])  # type: ignore[attr-defined]
        return super().judged(*given)  # type: ignore[arg-type]

    def wanted(self, cells: pd.Series, labels: Sequence[str]) -> np.ndarray:
        return np.array([[label in read(cell) for label in labels] for cell in cells], dtype=bool).reshape(len(cells), len(labels))

    def answers(self, logits: np.ndarray) -> np.ndarray:
        """(n, labels) bool."""
        stated = self.kept.get("thresholds") or {}
        limits = np.array([float(stated.get(label, USUAL)) for label in self.labels])
        return np.asarray(1 / (1 + np.exp(-logits.astype(np.float64))) >= limits)

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        wanted = judged.wanted
        return float(micro_f1(np.array([(wanted & answers).sum(), answers.sum(), wanted.sum()])))

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        return int((exact != small).any(axis=1).sum())

    def code(self, japanese: bool) -> str:
        return self.asked(japanese) + (
            'limits = [settings["thresholds"][label] for label in settings["labels"]]\n'
            "for row in 1 / (1 + np.exp(-logits.astype(float))):\n"
            '    named = zip(settings["labels"], row, limits)\n'
            "    print({label: round(float(share), 4) for label, share, limit in named if share >= limit})\n"
        )
