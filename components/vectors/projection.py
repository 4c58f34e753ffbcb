"""Sentence vectors on a map: two or three coordinates for each, by PCA or t-SNE (van der Maaten & Hinton 2008; openTSNE)."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_POINTS = 20_000


@dataclass(frozen=True, eq=False)
class Projection:
    """coordinates (m, dimensions) of the rows `rows` (m,) of the vectors. explained: share of the variance along each axis (PCA only)."""

    rows: np.ndarray
    coordinates: np.ndarray
    explained: tuple[float, ...] = ()


def fair_sample(count: int, groups: np.ndarray | None = None, most: int = MAX_POINTS, seed: int = 0) -> np.ndarray:
    """Row numbers, ascending, of at most `most` of `count` rows: drawn evenly, and with `groups` (count,) from each group its share,
    at least one row each as long as they fit."""
    if count <= most:
        return np.arange(count)
    generator = np.random.default_rng(seed)
    if groups is None:
        return np.sort(generator.choice(count, most, replace=False))
    names, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) > most:
        return np.sort(generator.choice(count, most, replace=False))
    exact = sizes * most / count
    shares = np.maximum(np.floor(exact).astype(int), 1)
    for group in np.argsort(exact - shares)[::-1]:
        if shares.sum() >= most:
            break
        shares[group] += shares[group] < sizes[group]
    while shares.sum() > most:
        shares[np.argmax(shares)] -= 1
    drawn = [generator.choice(np.flatnonzero(inverse == group), share, replace=False) for group, share in enumerate(shares)]
    return np.sort(np.concatenate(drawn))


def pca(vectors: np.ndarray, rows: np.ndarray, dimensions: int = 2) -> Projection:
    """The directions of largest variance. Needs at least two rows; missing axes are zero."""
    from sklearn.decomposition import PCA

    chosen = vectors[rows]
    axes = min(dimensions, *chosen.shape)
    model = PCA(n_components=axes, random_state=0)
    coordinates = np.pad(model.fit_transform(chosen), ((0, 0), (0, dimensions - axes)))
    explained = np.nan_to_num(model.explained_variance_ratio_)
    return Projection(rows, coordinates, tuple(float(share) for share in explained))


def tsne(
    vectors: np.ndarray,
    rows: np.ndarray,
    perplexity: float = 30.0,
    seed: int = 0,
    progress: Callable[[float], bool] | None = None,
) -> Projection:
    """Neighbours stay neighbours; distances between groups mean little. Two dimensions, cosine distances, 500 + 250 iterations.

    progress(share done) is called every 25 iterations; when it answers True the map stops as it is. perplexity is lowered to a third of
    the rows where there are too few. Needs at least four rows.
    """
    from openTSNE import TSNE

    chosen = vectors[rows]
    calls = 0

    def report(*_: object) -> bool:
        nonlocal calls
        calls += 1
        return bool(progress and progress(min(calls * 25 / 750, 1.0)))

    fit = TSNE(
        perplexity=min(perplexity, max((len(chosen) - 1) / 3, 1.0)),
        metric="cosine",
        n_jobs=2,
        random_state=seed,
        initialization="pca" if len(chosen) > chosen.shape[1] else "random",
        negative_gradient_method="fft" if len(chosen) > 5_000 else "bh",
        callbacks=report,
        callbacks_every_iters=25,
    ).fit(chosen)
    return Projection(rows, np.asarray(fit))
