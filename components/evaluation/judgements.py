"""How good predictions are on rows that were not learned from: scores with intervals, confusion, calibration, the most telling mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from components.evaluation.calibration import Bin, calibration_error, reliability
from components.evaluation.intervals import Interval, f1_wilson, macro_and_weighted_f1, widened, wilson

STORED_MISTAKES = 200
INTERVALS = ("accuracy", "macro_f1", "weighted_f1")


@dataclass(frozen=True)
class ClassScore:
    """A class with Wilson's intervals; None where there is nothing to count: a recall without rows of the class, a precision where it was
    never predicted, an F1 without either."""

    label: str
    precision: Interval | None
    recall: Interval | None
    f1: Interval | None
    rows: int


@dataclass(frozen=True)
class Mistake:
    """A wrong prediction: the row's position, the label in the file, ours, and the probability we gave it."""

    row: int
    label: str
    predicted: str
    confidence: float


@dataclass(frozen=True)
class Scores:
    """How good predictions of `rows` rows are. `ece`: expected calibration error over ten bins (Guo et al. 2017)."""

    accuracy: Interval
    macro_f1: Interval
    weighted_f1: Interval
    ece: float
    rows: int

    @property
    def right(self) -> int:
        """How many rows are called by their label."""
        return round(self.accuracy.value * self.rows)

    @property
    def intervals(self) -> dict[str, Interval]:
        return {name: getattr(self, name) for name in INTERVALS}

    @property
    def numbers(self) -> dict[str, float]:
        """Each score by its name, without the intervals."""
        return {name: interval.value for name, interval in self.intervals.items()} | {"ece": self.ece}

    def to_json(self) -> dict[str, Any]:
        return {name: asdict(interval) for name, interval in self.intervals.items()} | {"ece": self.ece, "rows": self.rows}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Scores":
        intervals = {name: Interval.from_json(values[name]) for name in INTERVALS}
        # Version 0.1 kept a bootstrap's interval here, which is a point at 100%.
        accuracy = wilson(intervals["accuracy"].value * values["rows"], values["rows"])
        return cls(**intervals | ({"accuracy": accuracy} if accuracy else {}), ece=values["ece"], rows=values["rows"])


@dataclass(frozen=True, eq=False)
class Judgement(Scores):
    """`confusion[i, j]`: rows of class i called j. `mistakes`: the most confident first; their label is often what is wrong (Northcutt,
    Jiang & Chuang 2021, "Confident Learning"); one that was read back has the first `STORED_MISTAKES` of them."""

    labels: tuple[str, ...]
    confusion: np.ndarray
    mistakes: tuple[Mistake, ...]
    reliability: tuple[Bin, ...]

    @property
    def unjudged(self) -> tuple[str, ...]:
        """The classes of which no row was judged: nothing is known of how well they are found."""
        return tuple(label for label, rows in zip(self.labels, self.confusion.sum(axis=1), strict=True) if not rows)

    @property
    def mistaken(self) -> int:
        """How many rows are called something else than their label."""
        return int(self.confusion.sum() - np.trace(self.confusion))

    @property
    def per_class(self) -> tuple[ClassScore, ...]:
        hits, rows, called = (
            counts.tolist() for counts in (np.diag(self.confusion), self.confusion.sum(axis=1), self.confusion.sum(axis=0))
        )
        return tuple(
            ClassScore(
                label,
                precision=wilson(hits[i], called[i]),
                recall=wilson(hits[i], rows[i]),
                f1=f1_wilson(hits[i], rows[i] + called[i] - 2 * hits[i]),
                rows=rows[i],
            )
            for i, label in enumerate(self.labels)
        )

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {
            "labels": list(self.labels),
            "confusion": self.confusion.tolist(),
            "mistakes": [asdict(mistake) for mistake in self.mistakes[:STORED_MISTAKES]],
            "reliability": [asdict(part) for part in self.reliability],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Judgement":
        scores, confusion = Scores.from_json(values), np.array(values["confusion"], dtype=np.int64)
        return cls(
            accuracy=scores.accuracy,
            macro_f1=widened(scores.macro_f1, confusion),
            weighted_f1=widened(scores.weighted_f1, confusion, confusion.sum(axis=1)),
            ece=scores.ece,
            rows=scores.rows,
            labels=tuple(values["labels"]),
            confusion=confusion,
            mistakes=tuple(Mistake(**mistake) for mistake in values["mistakes"]),
            reliability=tuple(Bin(**part) for part in values["reliability"]),
        )


def judge(
    true: np.ndarray, probabilities: np.ndarray, labels: Sequence[str], rows: Sequence[int] | None = None, seed: int = 0
) -> Judgement:
    """Judge `probabilities` (n, classes) against the classes `true` (n,). `rows`: how the mistakes name their rows (default 0..n-1).

    Macro F1 is the mean over the classes that stand in `true` or were predicted, as scikit-learn's. Raises ValueError for no rows or
    shapes that do not fit.
    """
    true, probabilities = np.asarray(true, dtype=np.int64), np.asarray(probabilities, dtype=np.float64)
    if not len(true) or probabilities.shape != (len(true), len(labels)):
        raise ValueError(f"expected probabilities of shape ({len(true)}, {len(labels)}) for at least one row, found {probabilities.shape}")
    classes = len(labels)
    predicted, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    confusion = _confusion(true, predicted, classes)
    names = np.arange(len(true)) if rows is None else np.asarray(rows)
    wrong = np.flatnonzero(predicted != true)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    bins = reliability(confidence, predicted == true)
    accuracy = wilson(int(np.trace(confusion)), len(true))
    assert accuracy is not None, "there is at least one row"
    macro_f1, weighted_f1 = macro_and_weighted_f1(confusion, seed)
    return Judgement(
        labels=tuple(labels),
        accuracy=accuracy,
        macro_f1=macro_f1,
        weighted_f1=weighted_f1,
        confusion=confusion,
        mistakes=tuple(Mistake(int(names[i]), labels[true[i]], labels[predicted[i]], float(confidence[i])) for i in wrong),
        reliability=bins,
        ece=calibration_error(bins),
        rows=len(true),
    )


def _confusion(true: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    return np.bincount(true * classes + predicted, minlength=classes * classes).reshape(classes, classes)
