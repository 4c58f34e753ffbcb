"""How well probabilities say how often they are right: temperature scaling and the expected calibration error (Guo et al. 2017, "On
Calibration of Modern Neural Networks", sections 4.2 and 2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Rows whose confidence lies in [low, high): how sure the model was on average, and how often right."""

    low: float
    high: float
    confidence: float
    accuracy: float
    rows: int


def reliability(confidence: np.ndarray, correct: np.ndarray, bins: int = BINS) -> tuple[Bin, ...]:
    """The bins of equal width that have rows, for confidence (n,) in 0..1 and correct (n,), 0 or 1."""
    confidence, correct = np.asarray(confidence, dtype=float), np.asarray(correct, dtype=float)
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    return tuple(
        Bin(at / bins, (at + 1) / bins, float(confidence[inside].mean()), float(correct[inside].mean()), int(inside.sum()))
        for at in range(bins)
        if (inside := number == at).any()
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """The mean distance between confidence and accuracy, weighted by the bins' rows (ECE); NaN without bins."""
    rows = sum(bin_.rows for bin_ in bins)
    return sum(bin_.rows * abs(bin_.confidence - bin_.accuracy) for bin_ in bins) / rows if rows else float("nan")


def expected_calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = BINS) -> float:
    """`calibration_error` of `reliability`."""
    return calibration_error(reliability(confidence, correct, bins))


def fit_temperature(logits: np.ndarray, true: np.ndarray) -> float:
    """The number to divide logits (n, classes) by so that probabilities fit the held-out classes `true` (n,) best, between 0.25 and 5;
    1 without rows."""
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    if not len(true):
        return 1.0
    rows = np.arange(len(true))

    def loss(log_temperature: float) -> float:
        return float(-log_softmax(logits / np.exp(log_temperature), axis=1)[rows, true].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(np.log(0.25), np.log(5.0)), method="bounded").x))
