import numpy as np
import pytest

from components.transformer.head_kind import KINDS, HeadKind, head_kind

N = 8  # [CLS], six words, [SEP]
SPECIAL = [True, *[False] * 6, True]


def head(target) -> np.ndarray:
    """Each row gives 0.8 to `target(row)` and shares the rest among all."""
    weights = np.full((N, N), 0.2 / N)
    for row in range(N):
        weights[row, target(row)] += 0.8
    return weights


MADE = {
    "next": head(lambda row: min(row + 1, N - 1)),
    "previous": head(lambda row: max(row - 1, 0)),
    "one_word": head(lambda row: 3),
    "word_to_word": head(lambda row: {1: 4, 2: 6, 3: 1, 4: 2, 5: 3, 6: 5}.get(row, 0)),
    "wide": np.full((N, N), 1 / N),
    "resting": head(lambda row: 0 if row % 2 else N - 1),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_measured(kind):
    found = head_kind(MADE[kind], SPECIAL)
    assert found.kind == kind
    assert found.word == (3 if kind == "one_word" else None)


def test_the_share_is_the_measured_mean():
    assert head_kind(MADE["next"], SPECIAL).share == pytest.approx(0.825)
    assert head_kind(MADE["resting"], SPECIAL).share == pytest.approx(0.85)
    assert head_kind(MADE["one_word"], SPECIAL).share == pytest.approx(0.825)
    assert head_kind(MADE["wide"], SPECIAL).share == pytest.approx(1)


def test_the_last_word_before_a_special_token_does_not_look_next():
    """Of one word's two neighbours none is a word: all that it gives goes to special tokens."""
    weights = np.array([[1, 0, 0], [0, 0, 1], [0, 0, 1]], dtype=float)
    assert head_kind(weights, [True, False, True]) == HeadKind("resting", 1.0)


def test_a_pair_is_not_read_across_its_separator():
    special = [True, False, True, False, True]
    weights = np.eye(5)[[0, 2, 2, 2, 4]]  # the words look at the separator between them: next for one, previous for the other
    assert head_kind(weights, special).kind == "resting"


def test_a_text_without_words_rests():
    assert head_kind(np.full((2, 2), 0.5), [True, True]) == HeadKind("resting", 1.0)


def test_a_causal_head_is_wide_where_each_row_shares_among_all_up_to_itself():
    weights = np.tril(np.ones((16, 16)))
    weights /= weights.sum(axis=1, keepdims=True)
    found = head_kind(weights, [False] * 16)
    assert found.kind == "wide" and found.share == pytest.approx(1)
