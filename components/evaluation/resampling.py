"""Intervals of any score of the judged rows, and of the difference between two methods on the same rows: the bootstrap (Efron 1979), which
draws the rows again and again with replacement. Both methods are scored on the same draws, so that what is hard for both tells them not apart.

Where a share is told, `intervals.wilson` is better: a bootstrap that has seen no mistake gives a point. `widest` takes the wider of the two.
"""

from collections.abc import Callable

import numpy as np

from components.evaluation.intervals import CHUNK, RESAMPLES, Interval

# (k,) or (draws, k) sums over rows -> a score for each.
OfSums = Callable[[np.ndarray], np.ndarray]
# (m,) positions of rows -> their score.
OfRows = Callable[[np.ndarray], float]
ENDS = (2.5, 97.5)
SLOW_RESAMPLES = 400  # of a score that has to be computed draw by draw


def interval_of_sums(counts: np.ndarray, score: OfSums, seed: int = 0) -> Interval:
    """A score of sums over rows, such as F1 of hits, found and wanted. counts (n, k): each row's part of the sums."""
    return _interval(float(score(counts.sum(axis=0))), score(_drawn(counts, seed)))


def gain_of_sums(first: np.ndarray, second: np.ndarray, score: OfSums, seed: int = 0) -> Interval:
    """By how much more `first` scores than `second`, counts (n, k) of the same rows."""
    value = float(score(first.sum(axis=0)) - score(second.sum(axis=0)))
    return _interval(value, score(_drawn(first, seed)) - score(_drawn(second, seed)))


def interval_of_rows(rows: int, score: OfRows, seed: int = 0) -> Interval:
    """A score that is no function of sums, such as a rank correlation, of `rows` rows. Draws without a score (nan) don't count."""
    return _interval(score(np.arange(rows)), np.array([score(draw) for draw in _draws(rows, seed)]))


def gain_of_rows(rows: int, first: OfRows, second: OfRows, seed: int = 0) -> Interval:
    """By how much more `first` scores than `second` on the same draws."""
    everything = np.arange(rows)
    drawn = np.array([first(draw) - second(draw) for draw in _draws(rows, seed)])
    return _interval(first(everything) - second(everything), drawn)


def widest(drawn: Interval, known: Interval | None) -> Interval:
    """`drawn` with the ends of `known` where those lie farther out."""
    return drawn if known is None else Interval(drawn.value, min(drawn.low, known.low), max(drawn.high, known.high))


def _interval(value: float, drawn: np.ndarray) -> Interval:
    drawn = drawn[np.isfinite(drawn)]
    low, high = np.percentile(drawn, ENDS) if len(drawn) else (value, value)
    return Interval(value, float(min(low, value)), float(max(high, value)))


def _drawn(counts: np.ndarray, seed: int) -> np.ndarray:
    """(draws, k): the sums of resampled rows; the same draws for the same number of rows and seed, some draws at a time."""
    rows = len(counts)
    random = np.random.default_rng(seed)
    even = np.full(rows, 1 / rows)
    return np.concatenate([random.multinomial(rows, even, size=CHUNK) @ counts for _ in range(RESAMPLES // CHUNK)])


def _draws(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, rows, size=(SLOW_RESAMPLES, rows))
