"""Scaled dot-product attention, step by step (Vaswani et al. 2017, section 3.2.1).

    Attention(Q, K, V) = softmax(Q K^T / sqrt(d_k)) V

A mask has ONE meaning in this package, that of `torch.nn.functional.scaled_dot_product_attention`: boolean, True =
"this query may attend to this key". `components.transformer.masks` makes masks and says what other code means by one.

A query that may attend to nothing has weights of zero and an output of zero. The formula gives 0/0 there; PyTorch
2.13's `scaled_dot_product_attention` answers zeros (as since 2.5), while `softmax` of a row of -inf, and
`nn.MultiheadAttention` with it, answers NaN. Zeros are the useful choice: nothing attended to adds nothing to the
residual stream, and one padded row doesn't spoil a batch with NaN.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F

MAX_TOKENS = 512
MIN_D_MODEL = 2
MAX_D_MODEL = 1024


class LimitError(ValueError):
    """An input is smaller or larger than is computed step by step. `what` is "tokens" or "d_model"; `found`, `minimum`,
    `maximum` are counts.
    """

    def __init__(self, what: str, found: int, minimum: int, maximum: int):
        super().__init__(f"{what} is {found}: expected {minimum} to {maximum}")
        self.what, self.found, self.minimum, self.maximum = what, found, minimum, maximum


def softmax(x: np.ndarray) -> np.ndarray:
    """Softmax over the last axis, the row's maximum subtracted first so that exp cannot overflow. A row of only -inf
    gives zeros.
    """
    maximum = x.max(axis=-1, keepdims=True)
    exponentials: np.ndarray = np.exp(x - np.where(np.isneginf(maximum), 0, maximum))
    total = exponentials.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(exponentials, total, out=np.zeros_like(exponentials), where=total > 0))


def scaled_dot_product_attention(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None = None, scale: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Attention in NumPy.

    Q (..., n_q, d_k), K (..., n_k, d_k), V (..., n_k, d_v); mask boolean, True = may attend, broadcast to (..., n_q,
    n_k). `scale=False` leaves the division by sqrt(d_k) out. Returns (output (..., n_q, d_v), weights (..., n_q,
    n_k)).
    """
    scores = Q @ K.swapaxes(-2, -1)  # (..., n_q, n_k)
    if scale:
        scores = scores / np.asarray(np.sqrt(Q.shape[-1]), dtype=scores.dtype)  # (..., n_q, n_k)
    if mask is not None:
        scores = np.where(mask, scores, np.asarray(-np.inf, dtype=scores.dtype))  # (..., n_q, n_k)
    weights = softmax(scores)  # (..., n_q, n_k), rows sum to one
    return weights @ V, weights  # (..., n_q, d_v)


def torch_scaled_dot_product_attention(
    Q: torch.Tensor, K: torch.Tensor, V: torch.Tensor, mask: torch.Tensor | None = None, scale: bool = True
) -> tuple[torch.Tensor, torch.Tensor]:
    """The same in PyTorch: shapes, mask and returned pair as in `scaled_dot_product_attention`."""
    scores = Q @ K.transpose(-2, -1)  # (..., n_q, n_k)
    if scale:
        scores = scores / Q.shape[-1] ** 0.5  # (..., n_q, n_k)
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)  # (..., n_q, n_k)
    weights = scores.softmax(dim=-1)  # (..., n_q, n_k), NaN in a row of -inf
    if mask is not None:
        weights = weights.masked_fill(~mask, 0.0)  # a fully masked row becomes zeros
    return weights @ V, weights  # (..., n_q, d_v)


@dataclass(frozen=True, eq=False)
class AttentionSteps:
    """Every matrix of one attention, in the order of computing. The inputs and W_* are None when Q, K and V were given
    themselves.
    """

    query_input: np.ndarray | None  # (n_q, d_model)
    key_value_input: np.ndarray | None  # (n_k, d_model)
    W_Q: np.ndarray | None  # (d_model, d_k)
    W_K: np.ndarray | None  # (d_model, d_k)
    W_V: np.ndarray | None  # (d_model, d_v)
    Q: np.ndarray  # (n_q, d_k)
    K: np.ndarray  # (n_k, d_k)
    V: np.ndarray  # (n_k, d_v)
    scores: np.ndarray  # (n_q, n_k)  Q K^T
    scaled: np.ndarray  # (n_q, n_k)  Q K^T / sqrt(d_k), or the scores themselves without scaling
    mask: np.ndarray  # (n_q, n_k)  boolean, True = may attend
    masked: np.ndarray  # (n_q, n_k)  -inf where the query may not attend
    weights: np.ndarray  # (n_q, n_k)  softmax over keys
    output: np.ndarray  # (n_q, d_v)
    scale: bool
    b_Q: np.ndarray | None = None  # (d_k,)  added to every row of Q, as a trained model does
    b_K: np.ndarray | None = None  # (d_k,)
    b_V: np.ndarray | None = None  # (d_v,)

    @property
    def d_k(self) -> int:
        return int(self.Q.shape[-1])


def attention_steps(
    query_input: np.ndarray,
    key_value_input: np.ndarray,
    W_Q: np.ndarray,
    W_K: np.ndarray,
    W_V: np.ndarray,
    mask: np.ndarray | None = None,
    scale: bool = True,
    b_Q: np.ndarray | None = None,
    b_K: np.ndarray | None = None,
    b_V: np.ndarray | None = None,
) -> AttentionSteps:
    """Attention of the rows of `query_input` (n_q, d_model) to those of `key_value_input` (n_k, d_model); give one array
    twice for self-attention.

    W_Q, W_K (d_model, d_k), W_V (d_model, d_v); b_Q, b_K (d_k,), b_V (d_v,), none where a projection has no bias. Raises LimitError over
    512 tokens or d_model outside 2-1024, ValueError for shapes that don't fit.
    """
    _check_limit("d_model", query_input.shape[-1], MIN_D_MODEL, MAX_D_MODEL)
    _check_tokens(query_input, key_value_input)
    for name, weight, rows in (("W_Q", W_Q, query_input), ("W_K", W_K, key_value_input), ("W_V", W_V, key_value_input)):
        if weight.shape[0] != rows.shape[-1]:
            raise ValueError(f"{name} has {weight.shape[0]} rows, but the input is {rows.shape[-1]} wide")
    Q = query_input @ W_Q + (0 if b_Q is None else b_Q)  # (n_q, d_k)
    K = key_value_input @ W_K + (0 if b_K is None else b_K)  # (n_k, d_k)
    V = key_value_input @ W_V + (0 if b_V is None else b_V)  # (n_k, d_v)
    return replace(
        _steps(Q, K, V, mask, scale),
        query_input=query_input,
        key_value_input=key_value_input,
        W_Q=W_Q,
        W_K=W_K,
        W_V=W_V,
        b_Q=b_Q,
        b_K=b_K,
        b_V=b_V,
    )


def attention_steps_from_qkv(
    Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None = None, scale: bool = True
) -> AttentionSteps:
    """The same from Q (n_q, d_k), K (n_k, d_k), V (n_k, d_v) as given. Raises LimitError over 512 tokens or 1024
    columns, ValueError for shapes.
    """
    _check_tokens(Q, K)
    _check_limit("d_model", Q.shape[-1], 1, MAX_D_MODEL)
    _check_limit("d_model", V.shape[-1], 1, MAX_D_MODEL)
    return _steps(Q, K, V, mask, scale)


def _steps(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None, scale: bool) -> AttentionSteps:
    if Q.shape[-1] != K.shape[-1]:
        raise ValueError(f"Q has {Q.shape[-1]} columns and K has {K.shape[-1]}: their dot product needs the same number")
    if K.shape[0] != V.shape[0]:
        raise ValueError(f"K has {K.shape[0]} rows and V has {V.shape[0]}: each key needs one value")
    mask = np.ones((Q.shape[0], K.shape[0]), dtype=bool) if mask is None else np.asarray(mask)
    if mask.dtype != bool or mask.shape != (Q.shape[0], K.shape[0]):
        raise ValueError(f"the mask must be boolean of shape {(Q.shape[0], K.shape[0])}, not {mask.dtype} of shape {mask.shape}")
    scores = Q @ K.T  # (n_q, n_k)
    scaled = scores / np.asarray(np.sqrt(Q.shape[-1]), dtype=scores.dtype) if scale else scores  # (n_q, n_k)
    masked = np.where(mask, scaled, np.asarray(-np.inf, dtype=scores.dtype))  # (n_q, n_k)
    weights = softmax(masked)  # (n_q, n_k)
    return AttentionSteps(None, None, None, None, None, Q, K, V, scores, scaled, mask, masked, weights, weights @ V, scale)


def _check_tokens(*inputs: np.ndarray) -> None:
    for rows in inputs:
        if rows.ndim != 2:
            raise ValueError(f"expected a matrix (tokens, width), not an array of shape {rows.shape}")
        _check_limit("tokens", rows.shape[0], 1, MAX_TOKENS)


def _check_limit(what: str, found: int, minimum: int, maximum: int) -> None:
    if not minimum <= found <= maximum:
        raise LimitError(what, found, minimum, maximum)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Three implementations on one input: each one's output, and the largest absolute difference between any two."""

    numpy: np.ndarray  # (..., n_q, d_v)
    torch_from_scratch: np.ndarray
    torch_sdpa: np.ndarray
    largest_difference: float


def compare_implementations(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None = None, scale: bool = True) -> Comparison:
    """NumPy, PyTorch from scratch and `torch.nn.functional.scaled_dot_product_attention`, all in float32 (shapes as in
    the functions above).
    """
    Q, K, V = (np.ascontiguousarray(array, dtype=np.float32) for array in (Q, K, V))
    query, key, value = (torch.from_numpy(array) for array in (Q, K, V))
    torch_mask = None if mask is None else torch.from_numpy(np.ascontiguousarray(mask, dtype=bool))
    by_numpy, _ = scaled_dot_product_attention(Q, K, V, mask, scale)
    by_hand, _ = torch_scaled_dot_product_attention(query, key, value, torch_mask, scale)
    by_library = F.scaled_dot_product_attention(query, key, value, attn_mask=torch_mask, scale=None if scale else 1.0)
    outputs = (by_numpy, by_hand.numpy(), by_library.numpy())
    largest = max(float(np.abs(a - b).max()) for a in outputs for b in outputs)
    return Comparison(outputs[0], outputs[1], outputs[2], largest)


def chapter_case(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The chapter's example: Q, K and V (2, 5, 64), standard normal, float64. Each sample of the batch is one (5, 64)
    attention.
    """
    generator = np.random.default_rng(seed)
    Q, K, V = generator.standard_normal((3, 2, 5, 64))
    return Q, K, V
