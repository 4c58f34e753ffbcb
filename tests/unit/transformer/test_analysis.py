import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.transformer import analysis


def random_attention(*shape, seed=0, concentration=0.3):
    return np.random.default_rng(seed).dirichlet(np.full(shape[-1], concentration), size=shape[:-1])


def test_rollout_by_hand():
    # One head, two tokens. Layer 1: token 0 looks at 1, token 1 at itself. Layer 2: both look at 0.
    weights = np.array([[[[0.0, 1.0], [0.0, 1.0]]], [[[1.0, 0.0], [1.0, 0.0]]]])
    first = np.array([[0.5, 0.5], [0.0, 1.0]])  # half residual, half attention
    second = np.array([[1.0, 0.0], [0.5, 0.5]]) @ first
    np.testing.assert_allclose(analysis.rollout(weights), [first, second])


def test_rollout_of_random_attention_is_the_product_and_sums_to_one():
    weights = random_attention(3, 2, 5, 5)
    result = analysis.rollout(weights)
    assert result.shape == (3, 5, 5)
    np.testing.assert_allclose(result.sum(-1), 1)
    mixed = [(layer.mean(0) + np.eye(5)) / 2 for layer in weights]
    np.testing.assert_allclose(result[2], mixed[2] @ mixed[1] @ mixed[0])


def test_head_statistics_of_known_heads():
    n = 4
    to_itself, uniform, to_next = np.eye(n), np.full((n, n), 1 / n), np.roll(np.eye(n), 1, axis=1)
    found = analysis.head_statistics(np.stack([to_itself, uniform, to_next])[None], is_special=[True, False, False, False])
    np.testing.assert_allclose(found.entropy, [[0, np.log(4), 0]])
    np.testing.assert_allclose(found.distance, [[0, np.abs(np.subtract.outer(range(4), range(4))).mean(), (1 + 1 + 1 + 3) / 4]])
    np.testing.assert_allclose(found.to_specials, [[0.25, 0.25, 0.25]])
    np.testing.assert_array_equal(analysis.head_statistics(uniform[None, None]).to_specials, [[0]])


def test_merging_words_by_hand():
    weights = np.array([[0.2, 0.3, 0.5], [0.6, 0.2, 0.2], [0.1, 0.4, 0.5]])
    # tokens 0 and 1 are one word: to it summed, from it averaged
    np.testing.assert_allclose(analysis.merge_words(weights, [0, 0, 1]), [[0.65, 0.35], [0.5, 0.5]])


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.integers(0, 1000))
def test_merged_rows_still_sum_to_one(lengths, seed):
    word_ids = [word for word, length in enumerate(lengths) for _ in range(length)]
    merged = analysis.merge_words(random_attention(2, 3, len(word_ids), len(word_ids), seed=seed), word_ids)
    assert merged.shape == (2, 3, len(lengths), len(lengths))
    np.testing.assert_allclose(merged.sum(-1), 1)


def test_word_ids_that_do_not_fit():
    with pytest.raises(ValueError, match="2 word ids for 3 tokens"):
        analysis.merge_words(np.eye(3), [0, 1])
    with pytest.raises(ValueError, match="gaps"):
        analysis.merge_words(np.eye(3), [0, 2, 2])
    with pytest.raises(ValueError, match="gaps"):
        analysis.merge_words(np.eye(3), [-1, 0, 1])


def test_choosing_heads_and_tokens():
    weights = random_attention(2, 3, 4, 4)
    averaged = analysis.select_heads(weights, [(0, 1), (1, 2)])
    np.testing.assert_allclose(averaged, (weights[0, 1] + weights[1, 2]) / 2)
    np.testing.assert_allclose(analysis.from_tokens(averaged, [0, 3]), averaged[0] + averaged[3])
    for choose in (lambda: analysis.select_heads(weights, []), lambda: analysis.from_tokens(averaged, [])):
        with pytest.raises(ValueError, match="at least one"):
            choose()


def test_from_sentence_a_to_sentence_b():
    matrix = random_attention(5, 5)
    part = analysis.between_segments(matrix, [0, 0, 0, 1, 1], 0, 1)
    np.testing.assert_array_equal(part.values, matrix[:3, 3:])
    assert part.rows.tolist() == [0, 1, 2] and part.columns.tolist() == [3, 4]
    np.testing.assert_allclose(analysis.shares(part).values.sum(axis=1), 1)
    np.testing.assert_array_equal(analysis.between_segments(matrix, [0, 0, 0, 1, 1], 1, 0).values, matrix[3:, :3])
    with pytest.raises(ValueError, match="segment 1"):
        analysis.between_segments(matrix, [0] * 5, 0, 1)


def test_hiding_specials():
    matrix = np.array([[0.8, 0.1, 0.1], [0.5, 0.1, 0.4], [1.0, 0.0, 0.0]])
    hidden = analysis.without_specials(matrix, [True, False, False])
    np.testing.assert_allclose(hidden.values, [[0.1, 0.4], [0, 0]])
    np.testing.assert_allclose(analysis.without_specials(matrix, [True, False, False], renormalize=True).values, [[0.2, 0.8], [0, 0]])
    assert hidden.rows.tolist() == hidden.columns.tolist() == [1, 2]


def test_strongest_links():
    matrix = np.array([[0.5, 0.2, 0.3], [0.0, 0.9, 0.1]])
    links = analysis.strongest_links(matrix, most=3)
    assert list(zip(links.rows, links.columns, links.weights, strict=True)) == [(1, 1, 0.9), (0, 0, 0.5), (0, 2, 0.3)]
    assert links.left_out == 2 and links.share == pytest.approx(1.7 / 2)
    assert len(analysis.strongest_links(matrix, least=0.4).weights) == 2
    assert analysis.strongest_links(np.zeros((2, 2))).share == 0


def test_thumbnails_keep_the_strongest_link_of_each_block():
    matrix = np.zeros((2, 100, 100))
    matrix[1, 37, 99] = 0.7
    small = analysis.thumbnail(matrix, 10)
    assert small.shape == (2, 10, 10)
    assert small[1, 3, 9] == 0.7 and small.sum() == 0.7
    np.testing.assert_array_equal(analysis.thumbnail(matrix, 100), matrix)
    assert analysis.thumbnail(np.ones((7, 7)), 3).shape == (3, 3)


def test_a_part_between_two_texts_with_and_without_specials():
    matrix = random_attention(6, 6)
    special, segments = [True, False, False, True, False, True], [0, 0, 0, 0, 1, 1]
    whole = analysis.part_of(matrix, special, segments, hide=False, renormalize=False)
    np.testing.assert_array_equal(whole.values, matrix)
    hidden = analysis.part_of(matrix, special, segments, hide=True, renormalize=True)
    assert hidden.rows.tolist() == hidden.columns.tolist() == [1, 2, 4]
    np.testing.assert_allclose(
        hidden.values, matrix[np.ix_([1, 2, 4], [1, 2, 4])] / matrix[np.ix_([1, 2, 4], [1, 2, 4])].sum(1, keepdims=True)
    )
    back = analysis.part_of(matrix, special, segments, hide=True, renormalize=False, direction="ba")
    assert back.rows.tolist() == [4] and back.columns.tolist() == [1, 2]
    np.testing.assert_array_equal(back.values, matrix[4:5, 1:3])
    shares = analysis.part_of(matrix, special, segments, hide=False, renormalize=True, direction="ab")
    assert shares.rows.tolist() == [0, 1, 2, 3] and shares.columns.tolist() == [4, 5]
    np.testing.assert_allclose(shares.values.sum(axis=1), 1)
