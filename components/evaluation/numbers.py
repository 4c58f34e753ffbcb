"""How well numbers are told: their order (Spearman 1904), and by how much they are off."""

import numpy as np

from components.evaluation.intervals import Interval
from components.evaluation.resampling import gain_of_rows, interval_of_rows, interval_of_sums


def pearson(wanted: np.ndarray, found: np.ndarray) -> float:
    """The correlation of two lists of numbers (n,); 0 where one side is all the same."""
    first, second = (np.asarray(values, dtype=float) - np.mean(values) for values in (wanted, found))
    spread = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / spread) if spread else 0.0


def spearman(wanted: np.ndarray, found: np.ndarray) -> float:
    """The rank correlation of two lists of numbers (n,), equal ones sharing their mean rank; 0 where one side is all the same: it orders nothing."""
    from scipy.stats import rankdata

    return pearson(rankdata(wanted), rankdata(found))


def correlation_measures(wanted: np.ndarray, found: np.ndarray, seed: int = 0) -> dict[str, Interval]:
    """Both correlations, the ranks' first, for numbers on scales of their own."""
    return {
        "spearman": interval_of_rows(len(wanted), lambda rows: spearman(wanted[rows], found[rows]), seed),
        "pearson": interval_of_rows(len(wanted), lambda rows: pearson(wanted[rows], found[rows]), seed),
    }


def number_measures(wanted: np.ndarray, found: np.ndarray, seed: int = 0) -> dict[str, Interval]:
    """Spearman's correlation and the mean absolute error of numbers found (n,) for numbers wanted (n,)."""
    errors = np.stack([np.abs(found - wanted), np.ones(len(wanted))], axis=1)
    return {
        "spearman": interval_of_rows(len(wanted), lambda rows: spearman(wanted[rows], found[rows]), seed),
        "mae": interval_of_sums(errors, lambda sums: sums[..., 0] / sums[..., 1], seed),
    }


def spearman_gain(wanted: np.ndarray, found: np.ndarray, other: np.ndarray, seed: int = 0) -> Interval:
    """By how much more the correlation of `found` is than that of another method's numbers on the same rows."""
    return gain_of_rows(
        len(wanted), lambda rows: spearman(wanted[rows], found[rows]), lambda rows: spearman(wanted[rows], other[rows]), seed
    )
