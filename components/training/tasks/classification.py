"""Text classification: any number of classes, labels as text or numbers (Devlin et al. 2019, section 4.1)."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import ModelError, TrainingError
from components.evaluation.calibration import fit_temperature
from components.evaluation.judgements import Judgement, judge
from components.evaluation.paired import Paired
from components.training.backbones import load_backbone
from components.training.baselines import majority_probabilities, tfidf_probabilities
from components.training.quick_head import MOST_ROWS, QuickHead, encoded
from components.training.relabelled import DEALT
from components.training.results import ClassificationResult, RowCounts
from components.training.settings import Settings
from components.training.splits import share_of
from components.training.tasks.whole_text import WholeText

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class Classification(WholeText):
    """`rows`, `texts`, `classes`: row name, text and class number of every row that has a label; `parts`: which of them are for what."""

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        used = frame[frame[settings.label].str.strip() != ""]
        names = used[settings.label].str.strip()
        if names.nunique() < 2:
            raise TrainingError("training.found-one-class", n=names.nunique(), column=settings.label)
        self.read(settings, frame, used)
        # A label that was mended moves no row to another part, and is never the one that is judged by.
        dealt = used[DEALT].str.strip() if DEALT in used.columns else names
        self.parts = self.deal(used, dealt.tolist())
        names = names.mask(np.isin(np.arange(len(used)), self.parts.test), dealt)
        self.labels = label_order(names.unique().tolist())
        self.outputs = len(self.labels)
        number = {label: number for number, label in enumerate(self.labels)}
        self.classes = np.array([number[name] for name in names])
        self.features = self._features(self.texts)
        self.trained = share_of(self.parts.train, settings)
        self.train = [self.features[row] | {"label": int(self.classes[row])} for row in self.trained]

    def load_model(self) -> "PreTrainedModel":
        from transformers import AutoModelForSequenceClassification

        return load_backbone(
            AutoModelForSequenceClassification,
            self.settings,
            num_labels=len(self.labels),
            id2label=dict(enumerate(self.labels)),
            label2id={label: number for number, label in enumerate(self.labels)},
        )

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        from scipy.special import log_softmax
        from sklearn.metrics import accuracy_score, f1_score

        rows = self.parts.validation
        if not len(rows):
            return {}
        true, logits = self.classes[rows], self.logits(model, rows)
        loss = -log_softmax(logits, axis=1)[np.arange(len(rows)), true].mean()
        macro = f1_score(true, logits.argmax(axis=1), average="macro", zero_division=0)
        # Ties in F1 are common on few rows; the loss decides them.
        return {
            "score": float(macro - 1e-3 * min(loss, 100)),
            "loss": float(loss),
            "macro_f1": float(macro),
            "accuracy": float(accuracy_score(true, logits.argmax(axis=1))),
        }

    def finish(self, model: "PreTrainedModel", folder: Path) -> ClassificationResult:
        temperature = 1.0
        if len(self.parts.validation) >= 20:
            temperature = fit_temperature(self.logits(model, self.parts.validation), self.classes[self.parts.validation])
        test = self.parts.test
        probabilities = _softmax(self.logits(model, test) / temperature)
        verdict = self._judge(probabilities)
        self.save(model, folder, temperature)
        self._predictions(probabilities).to_parquet(folder.parent / "predictions.parquet", index=False)
        judged, right = self.judged(self.baselines())
        return ClassificationResult(
            rows=RowCounts(len(self.train), len(self.parts.validation), len(test), self.left_out),
            judgement=verdict,
            baselines=judged,
            pairs={name: Paired.of(self._right(probabilities), other) for name, other in right.items()},
            test_rows=tuple(int(row) for row in self.rows[test]),
            temperature=temperature,
        )

    def _predictions(self, probabilities: np.ndarray) -> pd.DataFrame:
        """What was said of each test row, so that a cell of the confusion matrix opens its rows."""
        names, test = np.array(self.labels, dtype=object), self.parts.test
        said = {
            "label": names[self.classes[test]],
            "predicted": names[probabilities.argmax(axis=1)],
            "confidence": probabilities.max(axis=1),
        }
        return pd.DataFrame({"row": self.rows[test], **said})

    def baselines(self, progress: Callable[[int], None] | None = None) -> dict[str, np.ndarray]:
        """What the methods that tune nothing say of the test rows, by name: (n, classes) each. They learn from the same rows. progress is
        called with the number of texts that were encoded since the last call."""
        majority = majority_probabilities(self.classes[self.trained], len(self.labels), len(self.parts.test))
        found = {"tfidf": self._tfidf(), "majority": majority}
        with contextlib.suppress(ModelError):  # an architecture that has no vectors for us
            found["frozen"] = self.quick_head(progress).probabilities(self.vectors(self.parts.test, progress))
        return found

    def quick_head(self, progress: Callable[[int], None] | None = None) -> QuickHead:
        """Logistic regression on the backbone as it is, from the training rows. Raises ModelError."""
        rows = self.trained
        if len(rows) > MOST_ROWS:
            rows = np.sort(np.random.default_rng(self.settings.seed).choice(rows, MOST_ROWS, replace=False))
        return QuickHead.fit(self.vectors(rows, progress), self.classes[rows], len(self.labels), self.settings.seed)

    def vectors(self, rows: np.ndarray, progress: Callable[[int], None] | None = None) -> np.ndarray:
        """Of the texts of `rows`, by the backbone as it is: (n, d). Raises ModelError."""
        return encoded(self.settings.backbone, [self.texts[row] for row in rows], self.settings.max_length, progress)

    def judged(self, baselines: Mapping[str, np.ndarray]) -> tuple[dict[str, Judgement], dict[str, np.ndarray]]:
        """The scores of what is said of the test rows, and which of them are called by their label (n,) bool, by name."""
        return {name: self._judge(said) for name, said in baselines.items()}, {name: self._right(said) for name, said in baselines.items()}

    def _tfidf(self) -> np.ndarray:
        texts = [self.texts[row] for row in self.trained]
        held_out = [self.texts[row] for row in self.parts.test]
        train = self.classes[self.trained]
        return tfidf_probabilities(texts, train, held_out, len(self.labels), self.settings.language, self.settings.seed)

    def _right(self, probabilities: np.ndarray) -> np.ndarray:
        """Which test rows are called by their label: (n,) bool."""
        return np.asarray(probabilities.argmax(axis=1) == self.classes[self.parts.test])

    def _judge(self, probabilities: np.ndarray) -> Judgement:
        test = self.parts.test
        return judge(self.classes[test], probabilities, self.labels, self.rows[test], self.settings.seed)

    def save(self, model: "PreTrainedModel", folder: Path, temperature: float) -> None:
        """The model's folder, with the temperature beside it."""
        self.write(model, folder, {"labels": list(self.labels), "temperature": round(temperature, 4)})


def label_order(names: list[str]) -> tuple[str, ...]:
    """Numbers by value, words by the alphabet: the order of the logits must not hang on the order of the rows."""
    try:
        return tuple(sorted(names, key=lambda name: (float(name), name)))
    except ValueError:
        return tuple(sorted(names))


def _softmax(logits: np.ndarray) -> np.ndarray:
    from scipy.special import softmax

    return np.asarray(softmax(logits, axis=1))
