import numpy as np
from sklearn.metrics.pairwise import cosine_similarity

from components.vectors.pairs import Pair, blank_across, cosine_matrix, mean_similarity, most_similar_pairs


def test_cosines_equal_scikit_learn():
    vectors = np.random.default_rng(0).standard_normal((7, 5))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(cosine_matrix(unit), cosine_similarity(vectors), atol=1e-12)


def test_pairs_come_best_first_without_a_row_paired_with_itself():
    cosines = np.array([[1, 0.2, 0.9], [0.2, 1, 0.5], [0.9, 0.5, 1]])
    assert most_similar_pairs(cosines, 2) == [Pair(0, 2, 0.9), Pair(1, 2, 0.5)]
    assert np.isclose(mean_similarity(cosines), (0.2 + 0.9 + 0.5) / 3)


def test_pairs_across_groups_are_blank_and_count_nowhere():
    cosines = np.array([[1, 0.2, 0.9], [0.2, 1, 0.5], [0.9, 0.5, 1]])
    blanked = blank_across(cosines, ["en", "en", "ja"])
    assert np.isnan(blanked).sum() == 4 and not np.isnan(cosines).any()
    assert most_similar_pairs(blanked) == [Pair(0, 1, 0.2)] and mean_similarity(blanked) == 0.2
    assert most_similar_pairs(blank_across(cosines, "abc")) == [] and np.isnan(mean_similarity(blank_across(cosines, "abc")))
