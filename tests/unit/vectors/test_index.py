"""Search, duplicates, maps and clusters of vectors, against brute force, scikit-learn and groups made on purpose."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

from components.vectors.clusters import cluster
from components.vectors.index import ApproximateIndex, ExactIndex, near_duplicates, vector_index
from components.vectors.projection import fair_sample, pca, tsne


def unit(*shape: int, seed: int = 0) -> np.ndarray:
    vectors = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def groups(each: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three tight groups."""
    centres = unit(3, 16, seed=seed)
    vectors = np.repeat(centres, each, axis=0) + 0.05 * np.random.default_rng(seed).standard_normal((3 * each, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.repeat(np.arange(3), each)


def test_exact_search_finds_what_scikit_learn_finds():
    vectors, queries = unit(500, 24), unit(7, 24, seed=1)
    truth = NearestNeighbors(n_neighbors=5, metric="cosine", algorithm="brute").fit(vectors).kneighbors(queries)
    hits = vector_index(vectors).search(queries, 5)
    np.testing.assert_array_equal(hits.rows, truth[1])
    np.testing.assert_allclose(hits.scores, 1 - truth[0], atol=1e-5)


def test_fewer_rows_than_asked_for_gives_them_all():
    assert vector_index(unit(3, 8)).search(unit(1, 8), 10).rows.shape == (1, 3)


def test_approximate_search_agrees_with_exact_on_grouped_vectors():
    vectors, _ = groups(each=2000)
    queries = vectors[::600]
    exact, approximate = ExactIndex(vectors).search(queries, 10), ApproximateIndex(vectors).search(queries, 10)
    recall = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(exact.rows, approximate.rows, strict=True)])
    assert recall > 0.9


def test_near_duplicates_equal_the_full_matrix_across_blocks(monkeypatch):
    monkeypatch.setattr("components.vectors.index.PAIR_BLOCK", 16)
    vectors, _ = groups(each=20)
    cosines = vectors @ vectors.T
    truth = {(i, j) for i in range(60) for j in range(i + 1, 60) if cosines[i, j] >= 0.97}
    found = near_duplicates(vectors, 0.97, most=10_000).pairs
    assert {(i, j) for i, j, _ in found} == truth and truth
    assert [score for *_, score in found] == sorted((score for *_, score in found), reverse=True)
    assert found[:5] == near_duplicates(vectors, 0.97, most=5).pairs


def test_clusters_find_groups_made_on_purpose_and_their_typical_rows():
    vectors, truth = groups()
    found = cluster(vectors, 3)
    assert adjusted_rand_score(truth, found.labels) == 1
    for number, typical in enumerate(found.typical):
        rows = np.flatnonzero(found.labels == number)
        centre = vectors[rows].mean(axis=0)
        assert typical[0] == rows[np.argmax(vectors[rows] @ centre)]
    assert sum(found.sizes) == len(vectors)


def test_more_clusters_than_rows_and_identical_rows_are_no_error():
    assert len(cluster(np.ones((2, 4), dtype=np.float32) / 2, 5).labels) == 2
    with pytest.raises(ValueError, match="0 rows"):
        cluster(np.empty((0, 4), dtype=np.float32), 2)


def test_pca_keeps_the_variance_that_it_states():
    vectors, _ = groups()
    found = pca(vectors, np.arange(len(vectors)), 2)
    centred = vectors - vectors.mean(axis=0)
    spectrum = np.linalg.svd(centred, compute_uv=False) ** 2
    np.testing.assert_allclose(found.explained, (spectrum / spectrum.sum())[:2], rtol=1e-4)
    assert pca(vectors, np.arange(2), 3).coordinates.shape == (2, 3)


def test_tsne_keeps_groups_together_and_can_be_stopped():
    vectors, truth = groups()
    points = tsne(vectors, np.arange(len(vectors))).coordinates
    neighbours = NearestNeighbors(n_neighbors=6).fit(points).kneighbors(points, return_distance=False)[:, 1:]
    assert (truth[neighbours] == truth[:, None]).mean() > 0.98
    seen = []
    tsne(vectors, np.arange(len(vectors)), progress=lambda share: seen.append(share) or len(seen) == 2)
    assert len(seen) == 2


@given(count=st.integers(1, 3_000), most=st.integers(20, 400), names=st.integers(1, 15), seed=st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_sample_is_fair(count, most, names, seed):
    labels = np.random.default_rng(seed).integers(0, names, count)
    rows = fair_sample(count, labels, most)
    assert len(rows) == min(count, most) and len(set(rows)) == len(rows) and (np.diff(rows) > 0).all()
    assert set(labels[rows]) == set(labels)
    if count > most:
        for name in set(labels):
            share, sampled = (labels == name).mean() * most, (labels[rows] == name).sum()
            assert abs(sampled - share) <= 1 + names


def test_pairs_are_all_counted_however_few_are_named():
    vectors = np.ones((3_000, 1), dtype=np.float32)
    found = near_duplicates(vectors, 0.9, most=7)
    assert found.total == 3_000 * 2_999 // 2 and len(found.pairs) == 7
