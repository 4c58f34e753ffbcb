"""95% intervals of scores, made so that none is a point: not at 100%, and not on two rows.

A bootstrap knows only the mistakes that it has seen: where none was made, every resample is perfect. Wilson's interval does not have that
fault (Brown, Cai & DasGupta 2001, "Interval Estimation for a Binomial Proportion"), so shares are told with it, and the bootstrap of a mean
F1 is widened to what it allows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix

RESAMPLES = 1_000
CHUNK = 100  # resamples made at once
Z = 1.959963984540054  # of the normal distribution, 95% lie within -Z and Z


@dataclass(frozen=True)
class Interval:
    """A score and the ends of its 95% interval."""

    value: float
    low: float
    high: float

    @classmethod
    def from_json(cls, values: Mapping[str, float]) -> "Interval":
        return cls(values["value"], values["low"], values["high"])


def wilson(hits: float, rows: int) -> Interval | None:
    """The share `hits` of `rows` with Wilson's score interval (Wilson 1927); None for no rows.

    `hits` may be a sum of values between 0 and 1: their spread is at most that of a share of the same mean, so the interval is never too
    narrow for it.
    """
    if not rows:
        return None
    low, high = _wilson(np.array([hits]), np.array([rows]))
    return Interval(hits / rows, float(low[0]), float(high[0]))


def f1_wilson(hits: int, mistaken: int) -> Interval | None:
    """A class's F1 from its `hits` and the `mistaken` rows, missed or falsely called; None where both are 0.

    hits / (hits + mistaken) is a share J, and F1 = 2 J / (1 + J) grows with it: Wilson's ends of J give those of F1 (Lam, Gopal & Qian 2023, "Confidence
    Intervals for the F1 Score", the indirect method).
    """
    share = wilson(hits, hits + mistaken)
    return share and Interval(*(2 * end / (1 + end) for end in (share.value, share.low, share.high)))


def macro_and_weighted_f1(confusion: np.ndarray, seed: int = 0) -> tuple[Interval, Interval]:
    """The mean of the classes' F1 for counts `confusion` (classes, classes), and the mean weighted by the classes' rows. Classes that
    neither occur nor were predicted are left out, as in scikit-learn.

    The middle 95% over resampled rows (percentile bootstrap, Efron 1979), widened as `widened` says.
    """
    rows = confusion.sum(axis=1)
    values = _means(np.diag(confusion), rows, confusion.sum(axis=0))
    drawn = np.concatenate([_means(*counts) for counts in _resampled(confusion, seed)], axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5], axis=1)
    macro, weighted = (Interval(float(value), float(bottom), float(top)) for value, bottom, top in zip(values, low, high, strict=True))
    return widened(macro, confusion), widened(weighted, confusion, rows)


def widened(mean: Interval, confusion: np.ndarray, weights: np.ndarray | None = None) -> Interval:
    """`mean`, of the classes' F1, at each end as far as the classes' own intervals (`f1_wilson`) put it, where that is farther: the
    distances of their ends from their F1, squared and added (Zou & Donner 2008, "Construction of confidence limits about effect
    measures"). weights (classes,): by default the classes that occur count the same.

    In simulations of 2 to 20 classes on 5 to 400 rows such an interval covered the truth 92 to 99 times in 100, the bootstrap alone down
    to 32 (2 classes, 20 rows, 98% right); of 20 classes on 100 rows with 70% right, both 81.
    """
    hits = np.diag(confusion)
    involved = confusion.sum(axis=0) + confusion.sum(axis=1) - hits
    occurs = involved > 0
    hits, involved = hits[occurs], involved[occurs]
    shares = np.ones(len(hits)) if weights is None else weights[occurs].astype(float)
    shares /= shares.sum()
    f1 = 2 * hits / (hits + involved)
    low, high = (2 * end / (1 + end) for end in _wilson(hits, involved))
    below, above = (float(np.sqrt(np.sum((shares * (end - f1)) ** 2))) for end in (low, high))
    return Interval(mean.value, max(min(mean.low, mean.value - below), 0.0), min(max(mean.high, mean.value + above), 1.0))


def paired_difference(first: np.ndarray, second: np.ndarray) -> Interval:
    """How much more often `second` is right than `first` (n,) bool, both on the same rows: the accuracies' difference with its interval.

    Only rows on which one alone is right tell them apart, so it sees differences that two separate intervals hide. Bonett & Price 2012,
    "Adjusted Wald Confidence Interval for a Difference of Binomial Proportions Based on Paired Data": one such row is added to each side,
    so that it has a width where there is none. Raises ValueError for no rows.
    """
    return difference_of(len(first), int(np.sum(second & ~first)), int(np.sum(first & ~second)))


def difference_of(rows: int, gained: int, lost: int) -> Interval:
    """`paired_difference` from counts: of `rows` rows, those that the second alone has right and those that the first alone has."""
    if not rows:
        raise ValueError("expected at least one row")
    more, less = (gained + 1) / (rows + 2), (lost + 1) / (rows + 2)
    spread = Z * np.sqrt((more + less - (more - less) ** 2) / (rows + 2))
    return Interval((gained - lost) / rows, max(more - less - spread, -1.0), min(more - less + spread, 1.0))


def _wilson(hits: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The ends (n,) for hits (n,) of rows (n,)."""
    share = hits / rows
    middle = share + Z**2 / (2 * rows)
    spread = Z * np.sqrt(share * (1 - share) / rows + Z**2 / (4 * rows**2))
    scale = 1 + Z**2 / rows
    return np.where(hits == 0, 0.0, (middle - spread) / scale), np.where(hits == rows, 1.0, (middle + spread) / scale)


def _means(hits: np.ndarray, rows: np.ndarray, called: np.ndarray) -> np.ndarray:
    """Macro and weighted F1 (2, ...) of hits, rows and called (..., classes)."""
    occurs = rows + called > 0
    f1 = 2 * hits / np.maximum(rows + called, 1)
    return np.stack([f1.sum(axis=-1) / occurs.sum(axis=-1), (f1 * rows).sum(axis=-1) / rows.sum(axis=-1)])


def _resampled(confusion: np.ndarray, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Hits, rows and called (some, classes) of `RESAMPLES` tables as large as `confusion`, drawn from its cells: the same as drawing its
    rows. Only cells that are not empty are drawn, so that many classes cost little."""
    random = np.random.default_rng(seed)
    true, predicted = np.nonzero(confusion)
    counts = confusion[true, predicted]
    classes = np.arange(len(confusion))
    of_true, of_predicted = (
        coo_matrix((np.ones(len(true)), (np.arange(len(true)), cells)), (len(true), len(classes))).tocsr() for cells in (true, predicted)
    )
    right = true == predicted
    for _ in range(RESAMPLES // CHUNK):
        drawn = random.multinomial(counts.sum(), counts / counts.sum(), size=CHUNK)
        yield (drawn * right) @ of_true, drawn @ of_true, drawn @ of_predicted
