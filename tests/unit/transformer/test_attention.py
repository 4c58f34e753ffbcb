import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from components.transformer import masks
from components.transformer.attention import (
    LimitError,
    attention_steps,
    attention_steps_from_qkv,
    chapter_case,
    compare_implementations,
    scaled_dot_product_attention,
    torch_scaled_dot_product_attention,
)


@st.composite
def attention_inputs(draw):
    batch = draw(st.lists(st.integers(1, 3), max_size=2))
    n_q, n_k, d_k, d_v = (draw(st.integers(1, 9)) for _ in range(4))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    Q, K, V = (generator.standard_normal((*batch, *shape)) for shape in ((n_q, d_k), (n_k, d_k), (n_k, d_v)))
    mask = draw(st.none() | arrays.arrays(bool, (n_q, n_k)))
    return Q, K, V, mask, draw(st.booleans())


@settings(max_examples=150, deadline=None)
@given(attention_inputs())
def test_equals_the_library_for_any_shape_and_mask(inputs):
    Q, K, V, mask, scale = inputs
    tensors = [torch.from_numpy(array) for array in (Q, K, V)]
    torch_mask = None if mask is None else torch.from_numpy(mask)
    expected = F.scaled_dot_product_attention(*tensors, attn_mask=torch_mask, scale=None if scale else 1.0).numpy()
    output, weights = scaled_dot_product_attention(Q, K, V, mask, scale)
    np.testing.assert_allclose(output, expected, atol=1e-12)
    torch_output, torch_weights = torch_scaled_dot_product_attention(*tensors, torch_mask, scale)
    np.testing.assert_allclose(torch_output.numpy(), expected, atol=1e-12)
    np.testing.assert_allclose(torch_weights.numpy(), weights, atol=1e-12)
    sums_to_one = np.ones(weights.shape[:-1]) if mask is None else np.broadcast_to(mask.any(axis=-1), weights.shape[:-1])
    np.testing.assert_allclose(weights.sum(axis=-1), sums_to_one, atol=1e-12)
    assert compare_implementations(*inputs).largest_difference < 1e-5


def test_a_case_worked_by_hand():
    # Q K^T = [[4, 0], [0, 4]]; divided by sqrt(4): [[2, 0], [0, 2]]; softmax([2, 0]) = [e^2, 1] / (e^2 + 1)
    Q = np.array([[2.0, 0, 0, 0], [0, 2.0, 0, 0]])
    V = np.array([[1.0, 10.0], [3.0, 20.0]])
    steps = attention_steps_from_qkv(Q, Q, V)
    high, low = np.e**2 / (np.e**2 + 1), 1 / (np.e**2 + 1)
    np.testing.assert_allclose(steps.scores, [[4, 0], [0, 4]])
    np.testing.assert_allclose(steps.scaled, [[2, 0], [0, 2]])
    np.testing.assert_allclose(steps.weights, [[high, low], [low, high]])
    np.testing.assert_allclose(steps.output, [[high + 3 * low, 10 * high + 20 * low], [low + 3 * high, 10 * low + 20 * high]])


def test_steps_go_from_inputs_to_the_library_s_output():
    generator = np.random.default_rng(3)
    queries, keys = generator.standard_normal((4, 6)), generator.standard_normal((5, 6))
    W_Q, W_K, W_V = generator.standard_normal((6, 3)), generator.standard_normal((6, 3)), generator.standard_normal((6, 2))
    mask = masks.causal_mask(4, 5)
    steps = attention_steps(queries, keys, W_Q, W_K, W_V, mask)
    expected = F.scaled_dot_product_attention(
        *(torch.from_numpy(array) for array in (queries @ W_Q, keys @ W_K, keys @ W_V)), attn_mask=torch.from_numpy(mask)
    )
    np.testing.assert_allclose(steps.output, expected.numpy(), atol=1e-12)
    assert np.isneginf(steps.masked[~mask]).all() and (steps.masked[mask] == steps.scaled[mask]).all()
    assert steps.d_k == 3


def test_without_scaling_the_scores_go_into_softmax_as_they_are():
    Q, K, V = (array[0] for array in chapter_case(1))
    steps = attention_steps_from_qkv(Q, K, V, scale=False)
    np.testing.assert_array_equal(steps.scaled, steps.scores)
    expected = F.scaled_dot_product_attention(*(torch.from_numpy(array.copy()) for array in (Q, K, V)), scale=1.0)
    np.testing.assert_allclose(steps.output, expected.numpy(), atol=1e-12)


def test_a_fully_masked_row_is_zero_as_in_the_library():
    Q, K, V = (array[0].astype(np.float32) for array in chapter_case(0))
    mask = masks.no_mask(5, 5)
    mask[2] = False
    with np.errstate(all="raise"):
        steps = attention_steps_from_qkv(Q, K, V, mask)
    assert (steps.weights[2] == 0).all() and (steps.output[2] == 0).all()
    assert np.isfinite(steps.weights).all()
    library = F.scaled_dot_product_attention(*(torch.from_numpy(array) for array in (Q, K, V)), attn_mask=torch.from_numpy(mask))
    np.testing.assert_allclose(steps.output, library.numpy(), atol=1e-6)
    plain_softmax = torch.full((5,), -torch.inf).softmax(dim=-1)
    assert plain_softmax.isnan().all()  # what the definition above avoids


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_the_input_s_number_format_is_kept(dtype):
    output, weights = scaled_dot_product_attention(*(array.astype(dtype) for array in chapter_case(0)), mask=masks.causal_mask(5, 5))
    assert output.dtype == weights.dtype == dtype
    assert np.isfinite(output).all()


def test_the_chapter_s_nearly_uniform_weights_do_not_occur():
    """The chapter prints weights of 0.18 to 0.22 for standard normal Q and K with d 64."""
    spreads = [scaled_dot_product_attention(*chapter_case(seed))[1][0].max() for seed in range(500)]
    assert min(spreads) > 0.22


@pytest.mark.parametrize("seed", [0, 1])
def test_the_chapter_s_case_depends_on_its_seed_alone(seed):
    np.testing.assert_array_equal(chapter_case(seed), chapter_case(seed))
    assert chapter_case(seed)[0].shape == (2, 5, 64)
    assert not np.array_equal(chapter_case(seed), chapter_case(seed + 1))


@pytest.mark.parametrize(
    "shapes, what",
    [(((513, 4), (3, 4)), "tokens"), (((3, 4), (513, 4)), "tokens"), (((3, 1), (3, 1)), "d_model"), (((3, 1025), (3, 1025)), "d_model")],
)
def test_limits(shapes, what):
    queries, keys = (np.zeros(shape) for shape in shapes)
    weight = np.zeros((queries.shape[1], 2))
    with pytest.raises(LimitError) as raised:
        attention_steps(queries, keys, weight, weight, weight)
    assert raised.value.what == what
    assert attention_steps(np.zeros((512, 64)), np.zeros((512, 64)), *(np.zeros((64, 64)),) * 3).weights.shape == (512, 512)


def test_matrices_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="Q has 3 columns and K has 2"):
        attention_steps_from_qkv(np.zeros((2, 3)), np.zeros((2, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="K has 2 rows and V has 3"):
        attention_steps_from_qkv(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="boolean"):
        attention_steps_from_qkv(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros((2, 3)), mask=np.ones((2, 2)))
    with pytest.raises(ValueError, match="W_K has 3 rows"):
        attention_steps(np.zeros((2, 4)), np.zeros((2, 4)), np.zeros((4, 2)), np.zeros((3, 2)), np.zeros((4, 2)))
