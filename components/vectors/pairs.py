"""Cosines between vectors, and the pairs that they rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pair:
    """Two rows, first < second, with their cosine."""

    first: int
    second: int
    score: float


def cosine_matrix(vectors: np.ndarray) -> np.ndarray:
    """(n, d) vectors of length 1 -> (n, n) cosines, clipped to -1..1 against rounding."""
    return np.asarray(np.clip(vectors @ vectors.T, -1.0, 1.0))


def most_similar_pairs(cosines: np.ndarray, most: int = 10) -> list[Pair]:
    """The `most` pairs of different rows with the largest cosine of a symmetric (n, n) matrix, best first, ties in reading order.

    Pairs whose cosine is NaN are left out.
    """
    first, second = np.triu_indices(len(cosines), k=1)
    scores = cosines[first, second]
    best = [pair for pair in np.argsort(-scores, kind="stable") if not np.isnan(scores[pair])][:most]
    return [Pair(int(first[i]), int(second[i]), float(scores[i])) for i in best]


def mean_similarity(cosines: np.ndarray) -> float:
    """Mean cosine of all pairs of different rows but those that are NaN; NaN where none is left. Near 1 means that the vectors hardly tell
    texts apart.
    """
    pairs = cosines[np.triu_indices(len(cosines), k=1)]
    pairs = pairs[~np.isnan(pairs)]
    return float(pairs.mean()) if pairs.size else float("nan")


def blank_across(cosines: np.ndarray, groups: Sequence[str]) -> np.ndarray:
    """A copy of (n, n) cosines with NaN for pairs of rows of different `groups` (n)."""
    names = np.array(list(groups))
    return np.where(names[:, None] == names[None, :], cosines, np.nan)


def order_by_likeness(cosines: np.ndarray) -> np.ndarray:
    """(n,): the rows of symmetric (n, n) cosines so that like ones stand together: average linkage, its leaves in their best order (Bar-Joseph et al.
    2001, "Fast Optimal Leaf Ordering for Hierarchical Clustering"). As they are where a pair has no number."""
    if len(cosines) < 3 or np.isnan(cosines).any():
        return np.arange(len(cosines))
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    distances = np.clip(1 - (cosines + cosines.T) / 2, 0, None)
    np.fill_diagonal(distances, 0)
    return np.asarray(leaves_list(linkage(squareform(distances), "average", optimal_ordering=True)))
