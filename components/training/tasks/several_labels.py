"""Several labels a text: each label a yes or no of its own, by a sigmoid and binary cross entropy, said from a probability chosen on the validation
rows (Zhang & Zhou 2014, "A Review on Multi-Label Learning Algorithms", section 2)."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.evaluation.label_sets import SetScores, chosen_thresholds, micro_f1
from components.training.backbones import load_backbone
from components.training.judged import JudgedResult, PartScore
from components.training.label_sets import read, written
from components.training.results import RowCounts
from components.training.settings import Settings
from components.training.splits import share_of
from components.training.tasks.classification import label_order
from components.training.tasks.whole_text import WholeText
from components.training.word_baselines import commonest_set, label_probabilities

if TYPE_CHECKING:
    from transformers import PreTrainedModel

NONE = ""  # what a row without labels is dealt by


class SeveralLabels(WholeText):
    """`labels`: the names; `wanted` (n, labels) bool: those of every row. A row without any is learned from as such."""

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        used = frame[frame[settings.label].str.strip() != ""]
        self.read(settings, frame, used)
        sets = [read(cell) for cell in used[settings.label]]
        self.labels = label_order(sorted({name for names in sets for name in names}))
        if not self.labels:
            raise TrainingError("training.found-no-labels", column=settings.label)
        number = {label: number for number, label in enumerate(self.labels)}
        self.wanted = np.zeros((len(sets), len(self.labels)), dtype=bool)
        for row, names in enumerate(sets):
            self.wanted[row, [number[name] for name in names]] = True
        self.outputs = len(self.labels)
        self.parts = self.deal(used, self._rarest())
        self.features = self._features(self.texts)
        self.trained = share_of(self.parts.train, settings)
        self.train = [self.features[row] | {"targets": self.wanted[row].astype(float).tolist()} for row in self.trained]

    def _rarest(self) -> list[str]:
        """The label of each row that the fewest rows have: dealt by it, every label comes to all parts."""
        rows = self.wanted.sum(axis=0)
        return [
            min((self.labels[label] for label in np.flatnonzero(row)), key=lambda name: rows[self.labels.index(name)], default=NONE)
            for row in self.wanted
        ]

    def load_model(self) -> "PreTrainedModel":
        from transformers import AutoModelForSequenceClassification

        return load_backbone(
            AutoModelForSequenceClassification,
            self.settings,
            num_labels=len(self.labels),
            id2label=dict(enumerate(self.labels)),
            label2id={label: number for number, label in enumerate(self.labels)},
            problem_type="multi_label_classification",
        )

    def probabilities(self, model: "PreTrainedModel", rows: np.ndarray) -> np.ndarray:
        """(n, labels), each between 0 and 1 by itself."""
        from scipy.special import expit

        return np.asarray(expit(self.logits(model, rows)))

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        rows = self.parts.validation
        if not len(rows):
            return {}
        wanted, logits = self.wanted[rows], self.logits(model, rows).astype(np.float64)
        loss = float(np.mean(np.logaddexp(0, logits) - wanted * logits))
        probabilities = 1 / (1 + np.exp(-logits))
        # One threshold for all: those of single labels fit these rows too well to compare epochs by.
        best = max(_micro(wanted, probabilities >= threshold) for threshold in np.arange(1, 20) / 20)
        return {"score": best - 1e-3 * min(loss, 100), "loss": loss, "micro_f1": best}

    def finish(self, model: "PreTrainedModel", folder: Path) -> JudgedResult:
        validation, test = self.parts.validation, self.parts.test
        thresholds = (
            chosen_thresholds(self.wanted[validation], self.probabilities(model, validation))
            if len(validation)
            else np.full(self.outputs, 0.5)
        )
        probabilities = self.probabilities(model, test)
        found = probabilities >= thresholds
        said = dict(zip(self.labels, thresholds.tolist(), strict=True))
        self.write(model, folder, {"labels": list(self.labels), "thresholds": said})
        self._predictions(found, probabilities).to_parquet(folder.parent / "predictions.parquet", index=False)
        wanted = self.wanted[test]
        scores = SetScores(wanted, found, self.settings.seed)
        others = {name: SetScores(wanted, other, self.settings.seed) for name, other in self._baselines().items()}
        return JudgedResult(
            task="several_labels",
            rows=RowCounts(len(self.train), len(validation), len(test), self.left_out),
            measures=scores.measures(),
            baselines={name: other.measures() for name, other in others.items()},
            gains={name: scores.gain_over(other) for name, other in others.items()},
            test_rows=tuple(int(row) for row in self.rows[test]),
            parts=tuple(
                PartScore(name, int(wanted[:, label].sum()), int(found[:, label].sum()), scores.of_label(label))
                for label, name in enumerate(self.labels)
            ),
            thresholds=said,
            facts={"labels_a_row": float(wanted.sum(axis=1).mean()), "found_a_row": float(found.sum(axis=1).mean())},
        )

    def _predictions(self, found: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
        """Of each test row the labels wanted and found, and the probabilities of all labels, as JSON."""
        names, test = np.array(self.labels, dtype=object), self.parts.test
        sets = {
            "label": [written(names[row]) for row in self.wanted[test]],
            "predicted": [written(names[row]) for row in found],
            "probabilities": [str([round(float(share), 4) for share in row]) for row in probabilities],
        }
        return pd.DataFrame({"row": self.rows[test], **sets})

    def _baselines(self) -> dict[str, np.ndarray]:
        """What the other methods say of the test rows, (n, labels) bool each."""
        validation, test, wanted = self.parts.validation, self.parts.test, self.wanted[self.trained]
        texts, held_out, chosen_by = ([self.texts[row] for row in rows] for rows in (self.trained, test, validation))
        of_validation, of_test = label_probabilities(texts, wanted, (chosen_by, held_out), self.settings.language, self.settings.seed)
        thresholds = chosen_thresholds(self.wanted[validation], of_validation) if len(validation) else np.full(self.outputs, 0.5)
        return {"tfidf": of_test >= thresholds, "common_set": np.tile(commonest_set(wanted), (len(test), 1))}


def _micro(wanted: np.ndarray, found: np.ndarray) -> float:
    return float(micro_f1(np.array([(wanted & found).sum(), found.sum(), wanted.sum()])))
