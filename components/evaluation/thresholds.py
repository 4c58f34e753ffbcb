"""One class against the rest: what a threshold on its probability gives."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class ThresholdCurve:
    """A row is called the class where its probability is `thresholds[i]` or more. All arrays (n,), thresholds ascending.

    NaN where there is nothing to count: precision where no row is called, recall without a positive row, F1 without either. `called`
    counts the rows called so; rows, positives: of the whole set.
    """

    thresholds: np.ndarray
    precision: np.ndarray
    recall: np.ndarray
    f1: np.ndarray
    called: np.ndarray
    rows: int
    positives: int

    def at(self, threshold: float) -> int:
        """The index of the nearest threshold."""
        return int(np.abs(self.thresholds - threshold).argmin())

    @property
    def best(self) -> float:
        """The threshold with the highest F1; the one nearest to 0.5 among equals. 0.5 where no threshold has an F1."""
        best = np.flatnonzero(self.f1 == np.nanmax(self.f1, initial=-1.0))
        return float(self.thresholds[best[np.abs(self.thresholds[best] - 0.5).argmin()]]) if len(best) else 0.5


def threshold_curve(positive: np.ndarray, probability: np.ndarray, points: int = 101) -> ThresholdCurve:
    """positive (n,) bool: is the row of the class; probability (n,) of the class. Thresholds are `points` even steps from 0 to 1: by
    default hundredths, which two decimals say in full.

    Raises ValueError for no rows or arrays of different length.
    """
    positive, probability = np.asarray(positive, dtype=bool), np.asarray(probability, dtype=np.float64)
    if not len(positive) or positive.shape != probability.shape:
        raise ValueError(f"expected as many probabilities as rows, at least one; found {probability.shape} and {positive.shape}")
    thresholds = np.arange(points) / (points - 1)
    called = len(probability) - np.searchsorted(np.sort(probability), thresholds, side="left")
    hits = positive.sum() - np.searchsorted(np.sort(probability[positive]), thresholds, side="left")
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = hits / called
        recall = hits / positive.sum()
        f1 = 2 * hits / (called + positive.sum())
    return ThresholdCurve(thresholds, precision, recall, f1, called, len(positive), int(positive.sum()))
