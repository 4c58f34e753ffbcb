import numpy as np
import pytest
import torch

from components.transformer.multi_head import MultiHeadAttention
from components.transformer.permutation import compare_orders, partners


def test_a_token_s_partner_is_the_same_occurrence():
    assert partners(["a", "b", "a", "c"], ["a", "x", "a", "b"]) == (0, 3, 2, None)


def test_self_attention_is_equivariant_and_a_causal_mask_ends_that():
    torch.manual_seed(0)
    layer = MultiHeadAttention(16, 4).double().eval()
    x = torch.randn(1, 6, 16, dtype=torch.float64)
    order = [3, 0, 5, 1, 4, 2]
    names = list("abcdef")
    reordered = [names[i] for i in order]
    with torch.no_grad():
        one, two = layer(x, x, x).output[0].numpy(), layer(x[:, order], x[:, order], x[:, order]).output[0].numpy()
        causal = torch.ones(6, 6, dtype=torch.bool).tril()
        one_causal, two_causal = (layer(rows, rows, rows, causal).output[0].numpy() for rows in (x, x[:, order]))
    comparison = compare_orders(names, one, reordered, two)
    assert comparison.same_tokens and comparison.largest_difference < 1e-14
    assert comparison.mean_cosine == pytest.approx(1, abs=1e-14)
    assert [reordered[j] for j in comparison.partners] == names
    assert np.allclose([comparison.cosines[i, j] for i, j in enumerate(comparison.partners)], 1, atol=1e-12)
    assert compare_orders(names, one_causal, reordered, two_causal).largest_difference > 0.01


def test_texts_of_other_tokens():
    states = np.eye(3)
    assert not compare_orders(["a", "b", "c"], states, ["a", "b", "d"], states).same_tokens
    assert not compare_orders(["a", "b"], states[:2], ["a", "b", "c"], states).same_tokens
    with pytest.raises(ValueError, match="share no token"):
        compare_orders(["a"], states[:1], ["b"], states[1:2])
    with pytest.raises(ValueError, match="2 tokens with 3 hidden states"):
        compare_orders(["a", "b"], states, ["a"], states[:1])
