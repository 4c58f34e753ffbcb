import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from components.transformer.masks import causal_mask
from components.transformer.multi_head import MultiHeadAttention, compare_with_library, head_similarity, measure_heads


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([(8, 1), (8, 2), (12, 3), (16, 16), (64, 8)]),
    st.integers(1, 3),
    st.integers(1, 7),
    st.integers(1, 7),
    st.sampled_from(["none", "shared", "per sample", "per head"]),
    st.integers(0, 1000),
)
def test_equals_the_library_with_masks_and_cross_attention(size, batch, n_q, n_k, kind, seed):
    d_model, num_heads = size
    torch.manual_seed(seed)
    library = nn.MultiheadAttention(d_model, num_heads, batch_first=True).eval()
    nn.init.normal_(library.in_proj_bias)
    nn.init.normal_(library.out_proj.bias)
    query, key, value = torch.randn(batch, n_q, d_model), torch.randn(batch, n_k, d_model), torch.randn(batch, n_k, d_model)
    shape = {"none": None, "shared": (n_q, n_k), "per sample": (batch, n_q, n_k), "per head": (batch, num_heads, n_q, n_k)}[kind]
    mask = hidden = None
    if shape:
        mask = torch.rand(shape) < 0.6
        mask[..., 0] = True  # the library answers NaN to a query that may attend to nothing
        hidden = ~mask
        if kind == "per sample":
            hidden = hidden[:, None].expand(-1, num_heads, -1, -1)
        if kind != "shared":
            hidden = hidden.reshape(-1, n_q, n_k)  # the library wants (batch * heads, n_q, n_k)
    with torch.no_grad():
        expected, expected_weights = library(query, key, value, attn_mask=hidden, average_attn_weights=False)
        result = MultiHeadAttention.from_library(library).eval()(query, key, value, mask)
    torch.testing.assert_close(result.output, expected, atol=1e-5, rtol=0)
    torch.testing.assert_close(result.weights, expected_weights, atol=1e-5, rtol=0)


@pytest.mark.parametrize("num_heads", [1, 8, 64])
def test_the_number_of_heads_does_not_change_the_parameters(num_heads):
    library = nn.MultiheadAttention(512, num_heads)
    assert MultiHeadAttention(512, num_heads).parameter_count == 1_050_624 == sum(p.numel() for p in library.parameters())


def test_shapes_at_every_step():
    generator = np.random.default_rng(0)
    result = compare_with_library(generator.standard_normal((10, 512)), generator.standard_normal((7, 512)), num_heads=8)
    shapes = {step.name: step.shape for step in result.steps}
    assert shapes["query"] == shapes["query_projected"] == shapes["concatenated"] == shapes["output"] == (1, 10, 512)
    assert shapes["key_projected"] == (1, 7, 512)
    assert shapes["query_heads"] == shapes["heads"] == (1, 8, 10, 64)
    assert shapes["value_heads"] == (1, 8, 7, 64)
    assert shapes["weights"] == (1, 8, 10, 7) and result.weights.shape == (8, 10, 7)


def test_the_experiment_agrees_with_the_library_and_depends_on_its_seed():
    x = np.random.default_rng(0).standard_normal((6, 32))
    first, again, other = (compare_with_library(x, x, 4, causal_mask(6, 6), seed=seed) for seed in (1, 1, 2))
    assert 0 <= first.output_difference < 1e-5 and first.weights_difference < 1e-5
    assert first.parameter_count == first.library_parameter_count
    np.testing.assert_array_equal(first.output, again.output)
    assert not np.array_equal(first.output, other.output)
    np.testing.assert_allclose(first.weights.sum(axis=-1), 1, atol=1e-6)
    assert (first.weights[:, ~causal_mask(6, 6)] == 0).all()


def test_the_experiment_leaves_torch_s_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    compare_with_library(np.ones((2, 4)), np.ones((2, 4)), 2, seed=1)
    assert torch.rand(1) == expected


@pytest.mark.parametrize(
    "rows, width, heads, words",
    [(513, 8, 2, "tokens is 513"), (2, 520, 8, "d_model is 520"), (2, 34, 17, "heads is 17"), (2, 10, 3, "can't be divided")],
)
def test_limits(rows, width, heads, words):
    with pytest.raises(ValueError, match=words):
        compare_with_library(np.zeros((rows, width)), np.zeros((rows, width)), heads)


def test_a_query_without_keys_is_refused():
    with pytest.raises(ValueError, match="attend to nothing"):
        compare_with_library(np.zeros((2, 4)), np.zeros((2, 4)), 2, np.array([[True, True], [False, False]]))


def test_similarity_of_heads():
    random = np.random.default_rng(0).dirichlet(np.ones(30), size=(3, 30))
    weights = np.stack([random[0], random[0], random[1], np.full((30, 30), 1 / 30)])
    similarity = head_similarity(weights)
    np.testing.assert_allclose(similarity[:3, :3], np.corrcoef(weights[:3].reshape(3, -1)))
    assert similarity[0, 1] == pytest.approx(1)
    assert abs(similarity[0, 2]) < 0.2
    assert (similarity[3] == 0).all()


def test_measuring_yields_one_cost_a_number_of_heads():
    costs = list(measure_heads(d_model=32, length=16, heads=(1, 2, 4), repeats=2))
    assert [cost.num_heads for cost in costs] == [1, 2, 4]
    assert [cost.weights_bytes for cost in costs] == [16 * 16 * 4 * heads for heads in (1, 2, 4)]
    assert len({cost.parameter_count for cost in costs}) == 1
    assert all(cost.seconds > 0 for cost in costs)
    assert costs[0].mean_similarity is None and -1 <= costs[2].mean_similarity <= 1
    assert next(measure_heads(d_model=32, length=16)).d_k == 32  # can be stopped after the first
