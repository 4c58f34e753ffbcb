"""Texts that are the same but for spaces, width and case, and texts that nearly are."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np

_SPACES = re.compile(r"\s+")
SHINGLE = 4  # characters; a word is two in Japanese and five in English
PERMUTATIONS, BANDS = 32, 8
_PRIME = np.uint64((1 << 31) - 1)


def normalised(text: str) -> str:
    """The form in which two texts count as the same: NFKC, one space for any run of spaces, no case."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def equal_rows(texts: Sequence[str]) -> list[list[int]]:
    """The rows of each text that stands there more than once after `normalised`, the commonest text first."""
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(normalised(text), []).append(row)
    return sorted((same for same in rows.values() if len(same) > 1), key=len, reverse=True)


def near_duplicate_groups(texts: Sequence[str], threshold: float = 0.8) -> np.ndarray:
    """A group number for each text: texts whose sets of 4-character pieces overlap by `threshold` (Jaccard) or more share one. Shape (n,).

    MinHash with locality-sensitive banding (Broder 1997; Leskovec et al., Mining of Massive Datasets, 3.4): linear in the number of
    texts, where all pairs would be 2 x 10^10 of them at 200,000 rows. A pair at 0.8 is found with probability 0.98; what is found is
    checked, so a group is never wrong. Texts are compared by their first 2,000 characters.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import HashingVectorizer

    count = len(texts)
    if not count:
        return np.zeros(0, dtype=np.int64)
    pieces = HashingVectorizer(
        analyzer="char", ngram_range=(SHINGLE, SHINGLE), n_features=2**24, norm=None, alternate_sign=False, binary=True, dtype=np.float32
    )
    shingles = pieces.transform([normalised(text)[:2_000].ljust(SHINGLE, "\0") for text in texts])
    signatures = _signatures(shingles.indices, shingles.indptr)
    edges = set()
    for band in range(BANDS):
        rows = signatures[:, band * PERMUTATIONS // BANDS : (band + 1) * PERMUTATIONS // BANDS]
        order = np.lexsort(rows.T)
        same = np.all(rows[order[1:]] == rows[order[:-1]], axis=1)
        # Each text of a bucket is held against its first, so that a bucket of a million equal rows stays linear.
        first = order[0]
        for position, joined in enumerate(same, start=1):
            if joined:
                edges.add((int(first), int(order[position])))
            else:
                first = order[position]
    near = [(a, b) for a, b in edges if _jaccard(shingles, a, b) >= threshold]
    if not near:
        return np.arange(count)
    left, right = np.array(near).T
    graph = coo_matrix((np.ones(len(near), dtype=np.int8), (left, right)), shape=(count, count))
    groups: np.ndarray = connected_components(graph, directed=False)[1].astype(np.int64)
    return groups


def _signatures(indices: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """The smallest of each text's piece hashes under 32 random linear functions mod 2^31 - 1: (n, 32)."""
    random = np.random.default_rng(20)
    factors = random.integers(1, int(_PRIME), PERMUTATIONS, dtype=np.uint64)
    shifts = random.integers(0, int(_PRIME), PERMUTATIONS, dtype=np.uint64)
    out = np.empty((len(starts) - 1, PERMUTATIONS), dtype=np.uint32)
    step = 20_000  # texts at a time, to bound memory
    for begin in range(0, len(starts) - 1, step):
        bounds = starts[begin : begin + step + 1].astype(np.int64)
        values = indices[bounds[0] : bounds[-1]].astype(np.uint64)
        for number in range(PERMUTATIONS):
            hashed = (values * factors[number] + shifts[number]) % _PRIME
            out[begin : begin + step, number] = np.minimum.reduceat(hashed, bounds[:-1] - bounds[0])
    return out


def _jaccard(shingles: Any, a: int, b: int) -> float:
    left = shingles.indices[shingles.indptr[a] : shingles.indptr[a + 1]]
    right = shingles.indices[shingles.indptr[b] : shingles.indptr[b + 1]]
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / (len(left) + len(right) - common)
