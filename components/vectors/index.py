"""Search among sentence vectors: exact up to 100,000 rows, by faiss's inverted file above (Johnson et al. 2019, "Billion-scale similarity
search with GPUs")."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

EXACT_ROWS = 100_000
PAIR_BLOCK = 2_048  # rows compared at once: bounds the memory of a block of scores


@dataclass(frozen=True, eq=False)
class Hits:
    """Nearest rows of each query, best first: rows (q, k) int, scores (q, k) cosines. Fewer than k rows: k is their number."""

    rows: np.ndarray
    scores: np.ndarray


class VectorIndex(Protocol):
    """`exact` says whether the nearest rows are surely pairs."""

    exact: bool

    def search(self, queries: np.ndarray, k: int) -> Hits: ...


class ExactIndex:
    """Every row is compared: n x d multiplications a query. Holds the vectors (n, d) themselves and no copy."""

    exact = True

    def __init__(self, vectors: np.ndarray):
        self._vectors = vectors

    def search(self, queries: np.ndarray, k: int) -> Hits:
        """queries (q, d) of length 1."""
        k = min(k, len(self._vectors))
        rows, scores = [], []
        for start in range(0, len(queries), 256):
            products = queries[start : start + 256] @ self._vectors.T
            best = np.argpartition(-products, k - 1, axis=1)[:, :k]
            order = np.argsort(-np.take_along_axis(products, best, axis=1), axis=1, kind="stable")
            rows.append(np.take_along_axis(best, order, axis=1))
            scores.append(np.take_along_axis(products, rows[-1], axis=1))
        return Hits(np.concatenate(rows), np.concatenate(scores))


class ApproximateIndex:
    """faiss IVF: rows in 4 sqrt(n) cells, the 32 cells nearest to the query compared. Holds a copy of the vectors."""

    exact = False

    def __init__(self, vectors: np.ndarray):
        import faiss

        dimension, cells = vectors.shape[1], int(4 * np.sqrt(len(vectors)))
        self._quantizer = faiss.IndexFlatIP(dimension)
        self._index = faiss.IndexIVFFlat(self._quantizer, dimension, cells, faiss.METRIC_INNER_PRODUCT)
        self._index.cp.seed = 0
        self._index.train(np.ascontiguousarray(vectors[:: max(1, len(vectors) // (50 * cells))]))
        self._index.add(np.ascontiguousarray(vectors))
        self._index.nprobe = 32

    def search(self, queries: np.ndarray, k: int) -> Hits:
        """queries (q, d) of length 1."""
        scores, rows = self._index.search(np.ascontiguousarray(queries), min(k, self._index.ntotal))
        return Hits(rows, scores)


def index_bytes(rows: int, dimension: int) -> int:
    """What the index of `rows` vectors takes beside the vectors themselves: the approximate one holds a copy and an 8-byte id a row."""
    return 0 if rows <= EXACT_ROWS else rows * (4 * dimension + 8)


def vector_index(vectors: np.ndarray) -> VectorIndex:
    """The index for (n, d) float32 vectors of length 1."""
    return ExactIndex(vectors) if len(vectors) <= EXACT_ROWS else ApproximateIndex(vectors)


@dataclass(frozen=True)
class NearDuplicates:
    """pairs (first < second, cosine), best first: the best of `total`, which counts them all."""

    pairs: tuple[tuple[int, int, float], ...]
    total: int


def near_duplicates(vectors: np.ndarray, threshold: float, most: int = 1_000) -> NearDuplicates:
    """Pairs of rows at least `threshold` alike, the best `most` of them by name; memory stays at one block of scores, however many they are.

    n^2 d / 2 multiplications: about 5 s for 20,000 rows of 384 on two cores, and it grows with the square.
    """
    best, total = np.empty((0, 3)), 0
    for start in range(0, len(vectors), PAIR_BLOCK):
        for other in range(start, len(vectors), PAIR_BLOCK):
            products = vectors[start : start + PAIR_BLOCK] @ vectors[other : other + PAIR_BLOCK].T
            if other == start:
                products[np.tril_indices(len(products))] = -np.inf
            alike = np.flatnonzero(products >= threshold)
            total += len(alike)
            scores = products.ravel()[alike]
            if len(alike) > most:
                highest = np.argpartition(-scores, most - 1)[:most]
                alike, scores = alike[highest], scores[highest]
            rows, columns = np.divmod(alike, products.shape[1])
            best = np.concatenate([best, np.stack([start + rows, other + columns, np.minimum(scores, 1.0)], axis=1)])
            best = best[np.lexsort((best[:, 1], best[:, 0], -best[:, 2]))][:most]
    return NearDuplicates(tuple((int(first), int(second), float(score)) for first, second, score in best), total)
