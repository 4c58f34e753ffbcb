"""The causal block against torch's own attention, its promise that no later token is seen, and its products against torch's counter."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from components.transformer.causal import (
    causal_steps,
    products_at_once,
    products_with_cache,
    products_without_cache,
    seeded_block,
    with_cache,
)
from components.transformer.words import embed_words, projection

WORDS = ["the", "cat", "sat", "on", "the", "mat", "and", "slept", "all", "day"]


def rows(words: list[str], d_model: int = 4) -> np.ndarray:
    return embed_words(words, 0, d_model)


@pytest.mark.parametrize("count", [1, 2, 7, 10])
@pytest.mark.parametrize("d_model", [4, 8])
def test_attention_is_torch_s(count, d_model):
    X = rows(WORDS[:count], d_model)
    steps = causal_steps(seeded_block(d_model, 0), X)
    Q, K, V = (torch.from_numpy(X @ projection(d_model, d_model, 0, name))[None] for name in ("W_Q", "W_K", "W_V"))
    library = torch.nn.functional.scaled_dot_product_attention(Q, K, V, is_causal=True)[0].numpy()
    assert np.allclose(steps.attended, library, atol=1e-12)
    assert (np.triu(steps.weights, 1) == 0).all() and np.isneginf(steps.masked[np.triu_indices(count, 1)]).all()
    assert np.allclose(steps.weights @ steps.values, steps.attended) and np.allclose(steps.weights.sum(axis=1), 1)


@pytest.mark.parametrize("seed", range(20))
def test_another_later_word_changes_nothing_before_it(seed):
    block = seeded_block(4, seed)
    for place in range(1, len(WORDS)):
        changed = [*WORDS[:place], "moon", *WORDS[place + 1 :]]
        before, after = (causal_steps(block, embed_words(words, seed, 4)).output for words in (WORDS, changed))
        assert (before[:place] == after[:place]).all() and (before[place] != after[place]).any()
        before, after = (causal_steps(block, embed_words(words, seed, 4), causal=False).output for words in (WORDS, changed))
        assert np.abs(before[:place] - after[:place]).max() > 1e-6


def test_a_word_that_is_appended_changes_nothing_before_it():
    block = seeded_block(4, 0)
    for count in range(1, len(WORDS)):
        shorter, longer = (causal_steps(block, rows(WORDS[:n])).output for n in (count, count + 1))
        assert np.allclose(shorter, longer[:count], atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_kept_keys_and_values_give_the_same_output(seed):
    block, X = seeded_block(8, seed), embed_words(WORDS, seed, 8)
    assert np.allclose(with_cache(block, X), causal_steps(block, X).output, atol=1e-12)


@pytest.mark.parametrize(("tokens", "d_model"), [(1, 4), (2, 4), (9, 4), (6, 12)])
def test_products_are_those_that_torch_counts(tokens, d_model):
    block, X = seeded_block(d_model, 0), embed_words(WORDS[:tokens], 0, d_model)

    def counted(compute) -> int:
        with FlopCounterMode(display=False) as counter:
            compute()
        return counter.get_total_flops() // 2  # a multiplication and an addition each

    assert counted(lambda: causal_steps(block, X)) == products_at_once(tokens, d_model)
    assert counted(lambda: [causal_steps(block, X[: n + 1]) for n in range(tokens)]) == products_without_cache(tokens, d_model)
    assert counted(lambda: with_cache(block, X)) == products_with_cache(tokens, d_model)


def test_a_seed_s_block_is_always_the_same_and_leaves_torch_s_own_numbers_alone():
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    one, other = seeded_block(4, 1), seeded_block(4, 1)
    assert (torch.rand(3) == expected).all()
    assert all((a == b).all() for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert any((a != b).any() for a, b in zip(one.parameters(), seeded_block(4, 2).parameters(), strict=True))
