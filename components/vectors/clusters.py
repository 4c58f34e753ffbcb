"""Groups of sentence vectors with their typical rows."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Clusters:
    """labels (n,): the cluster of each row. typical[c]: rows nearest to the centre of cluster c, nearest first. sizes[c]. Largest cluster
    first. tightness[c]: mean cosine of the cluster's rows to its centre."""

    labels: np.ndarray
    typical: tuple[tuple[int, ...], ...]
    sizes: tuple[int, ...]
    tightness: tuple[float, ...]


def cluster(vectors: np.ndarray, count: int, seed: int = 0, examples: int = 3) -> Clusters:
    """Spherical k-means: k-means on vectors (n, d) of length 1. `count` is lowered to the number of rows. Cost grows with n x count x d.

    Raises ValueError without rows or with count < 1.
    """
    from sklearn.cluster import MiniBatchKMeans

    if len(vectors) == 0 or count < 1:
        raise ValueError(f"{len(vectors)} rows in {count} clusters")
    fitted = MiniBatchKMeans(min(count, len(vectors)), random_state=seed, n_init=3, batch_size=4096).fit(vectors)
    sizes = np.bincount(fitted.labels_, minlength=count)
    order = [int(old) for old in np.argsort(-sizes, kind="stable") if sizes[old]]
    renamed = np.zeros(len(sizes), dtype=int)
    renamed[order] = np.arange(len(order))
    labels = renamed[fitted.labels_]
    centres = np.stack([vectors[labels == new].mean(axis=0) for new in range(len(order))])  # mini-batches leave them a little off
    centres /= np.linalg.norm(centres, axis=1, keepdims=True).clip(1e-12)
    closeness = np.einsum("nd,nd->n", vectors, centres[labels])
    members = [np.flatnonzero(labels == new) for new in range(len(order))]
    typical = tuple(tuple(int(row) for row in rows[np.argsort(-closeness[rows], kind="stable")[:examples]]) for rows in members)
    return Clusters(labels, typical, tuple(len(rows) for rows in members), tuple(float(closeness[rows].mean()) for rows in members))
