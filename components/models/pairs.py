"""Cosines between vectors, and the pairs that they rank."""

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
    return np.clip(vectors @ vectors.T, -1.0, 1.0)


def most_similar_pairs(cosines: np.ndarray, most: int = 10) -> list[Pair]:
    """The `most` pairs of different rows with the largest cosine of a symmetric (n, n) matrix, best first, ties in reading order."""
    first, second = np.triu_indices(len(cosines), k=1)
    scores = cosines[first, second]
    best = np.argsort(-scores, kind="stable")[:most]
    return [Pair(int(first[i]), int(second[i]), float(scores[i])) for i in best]


def mean_similarity(cosines: np.ndarray) -> float:
    """Mean cosine of all pairs of different rows; NaN for fewer than two rows. Near 1 means that the vectors hardly tell texts apart."""
    rows = np.triu_indices(len(cosines), k=1)
    return float(cosines[rows].mean()) if rows[0].size else float("nan")
