"""How good predictions are on rows that were not learned from: scores with intervals, confusion, calibration, the most telling mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

RESAMPLES = 1_000
BINS = 10
STORED_MISTAKES = 200
INTERVALS = ("accuracy", "macro_f1", "weighted_f1")


@dataclass(frozen=True)
class Interval:
    """A score and the middle 95% of what it is on resampled rows (Efron 1979, percentile bootstrap)."""

    value: float
    low: float
    high: float

    @classmethod
    def from_json(cls, values: Mapping[str, float]) -> "Interval":
        return cls(values["value"], values["low"], values["high"])


@dataclass(frozen=True)
class ClassScore:
    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True)
class Mistake:
    """A wrong prediction: the row's position, the label in the file, ours, and the probability we gave it."""

    row: int
    label: str
    predicted: str
    confidence: float


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence lies in [low, high): how sure the model was on average, and how often right."""

    low: float
    high: float
    confidence: float
    accuracy: float
    rows: int


@dataclass(frozen=True)
class Scores:
    """How good predictions of `rows` rows are. `ece`: expected calibration error over ten bins (Guo et al. 2017)."""

    accuracy: Interval
    macro_f1: Interval
    weighted_f1: Interval
    ece: float
    rows: int

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
        return cls(**{name: Interval.from_json(values[name]) for name in INTERVALS}, ece=values["ece"], rows=values["rows"])


@dataclass(frozen=True, eq=False)
class Judgement(Scores):
    """`confusion[i, j]`: rows of class i called j. `mistakes`: the most confident first; their label is often what is wrong (Northcutt,
    Jiang & Chuang 2021, "Confident Learning"); one that was read back has the first `STORED_MISTAKES` of them."""

    labels: tuple[str, ...]
    per_class: tuple[ClassScore, ...]
    confusion: np.ndarray
    mistakes: tuple[Mistake, ...]
    reliability: tuple[Bin, ...]

    @property
    def mistaken(self) -> int:
        """How many rows are called something else than their label."""
        return int(self.confusion.sum() - np.trace(self.confusion))

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {
            "labels": list(self.labels),
            "per_class": [asdict(score) for score in self.per_class],
            "confusion": self.confusion.tolist(),
            "mistakes": [asdict(mistake) for mistake in self.mistakes[:STORED_MISTAKES]],
            "reliability": [asdict(part) for part in self.reliability],
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Judgement":
        return cls(
            **vars(Scores.from_json(values)),
            labels=tuple(values["labels"]),
            per_class=tuple(ClassScore(**score) for score in values["per_class"]),
            confusion=np.array(values["confusion"], dtype=np.int64),
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
    precision, recall, f1 = _class_scores(confusion)
    support = confusion.sum(axis=1)
    names = np.arange(len(true)) if rows is None else np.asarray(rows)
    wrong = np.flatnonzero(predicted != true)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    bins = _reliability(predicted == true, confidence)
    accuracy, macro_f1, weighted_f1 = _intervals(true, predicted, classes, seed)
    return Judgement(
        labels=tuple(labels),
        accuracy=accuracy,
        macro_f1=macro_f1,
        weighted_f1=weighted_f1,
        per_class=tuple(
            ClassScore(label, float(precision[i]), float(recall[i]), float(f1[i]), int(support[i])) for i, label in enumerate(labels)
        ),
        confusion=confusion,
        mistakes=tuple(Mistake(int(names[i]), labels[true[i]], labels[predicted[i]], float(confidence[i])) for i in wrong),
        reliability=bins,
        ece=sum(part.rows * abs(part.confidence - part.accuracy) for part in bins) / len(true),
        rows=len(true),
    )


def paired_difference(first: np.ndarray, second: np.ndarray, seed: int = 0) -> Interval:
    """How much more often `second` is right than `first` (n,) bool, both on the same rows: the accuracies' difference with its interval.

    Rows are resampled in pairs: what is hard for both cancels, so it sees differences that two separate intervals hide (Koehn 2004,
    "Statistical Significance Tests for Machine Translation Evaluation").
    """
    difference = second.astype(float) - first.astype(float)
    random = np.random.default_rng(seed)
    drawn = [difference[random.integers(0, len(difference), len(difference))].mean() for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(difference.mean()), float(low), float(high))


def _confusion(true: np.ndarray, predicted: np.ndarray, classes: int) -> np.ndarray:
    return np.bincount(true * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def _class_scores(confusion: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    hits, called, actual = np.diag(confusion), confusion.sum(axis=0), confusion.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision, recall, f1 = hits / called, hits / actual, 2 * hits / (called + actual)
    return np.nan_to_num(precision), np.nan_to_num(recall), np.nan_to_num(f1)


def _summary(confusion: np.ndarray) -> tuple[float, float, float]:
    f1 = _class_scores(confusion)[2]
    support = confusion.sum(axis=1)
    present = (support + confusion.sum(axis=0)) > 0
    return np.diag(confusion).sum() / support.sum(), f1[present].mean(), (f1 * support).sum() / support.sum()


def _intervals(true: np.ndarray, predicted: np.ndarray, classes: int, seed: int) -> list[Interval]:
    random = np.random.default_rng(seed)
    samples = np.array(
        [
            _summary(_confusion(true[take], predicted[take], classes))
            for take in (random.integers(0, len(true), len(true)) for _ in range(RESAMPLES))
        ]
    )
    low, high = np.percentile(samples, [2.5, 97.5], axis=0)
    values = _summary(_confusion(true, predicted, classes))
    return [Interval(float(value), float(bottom), float(top)) for value, bottom, top in zip(values, low, high, strict=True)]


def _reliability(right: np.ndarray, confidence: np.ndarray) -> tuple[Bin, ...]:
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    bins = []
    for number in range(BINS):
        inside = place == number
        if inside.any():
            bins.append(
                Bin(number / BINS, (number + 1) / BINS, float(confidence[inside].mean()), float(right[inside].mean()), int(inside.sum()))
            )
    return tuple(bins)


def fit_temperature(logits: np.ndarray, true: np.ndarray) -> float:
    """The number to divide logits by so that probabilities fit held-out labels best (Guo et al. 2017, section 4.2), between 0.25 and 5."""
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    if not len(true):
        return 1.0
    chosen = np.arange(len(true))

    def loss(log_temperature: float) -> float:
        return -log_softmax(logits / np.exp(log_temperature), axis=1)[chosen, true].mean()

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.25), np.log(5.0)), method="bounded").x))
