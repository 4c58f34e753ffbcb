"""Parts of today's decoders from scratch, each beside its elder: RMSNorm (Zhang & Sennrich 2019), SwiGLU (Shazeer 2020), rotary positions as Llama
pairs them (Su et al. 2021), grouped key/value heads (Ainslie et al. 2023).

Inputs and results are NumPy arrays of the caller's own precision; `components.transformer.positional.rotary` is the paper's pairing of neighbours.
"""

import numpy as np

from components.transformer.attention import scaled_dot_product_attention
from components.transformer.positional import BASE, sinusoidal

LAYER_NORM_EPS, RMS_NORM_EPS = 1e-12, 1e-5  # BERT's and Llama's own


def layer_norm(x: np.ndarray, gain: np.ndarray | float = 1.0, bias: np.ndarray | float = 0.0, eps: float = LAYER_NORM_EPS) -> np.ndarray:
    """(x - mean) / standard deviation over the last axis, times gain (d,) plus bias (d,): 2d parameters."""
    centred = x - x.mean(axis=-1, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=-1, keepdims=True) + eps) * gain + bias)


def rms_norm(x: np.ndarray, gain: np.ndarray | float = 1.0, eps: float = RMS_NORM_EPS) -> np.ndarray:
    """x / root mean square over the last axis, times gain (d,): d parameters, no mean and no bias."""
    return np.asarray(x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) * gain)


def silu(x: np.ndarray) -> np.ndarray:
    """x times its logistic function, x / (1 + e^-x), without overflow."""
    return np.asarray(x * 0.5 * (1 + np.tanh(x / 2)))


def swiglu(x: np.ndarray, W_gate: np.ndarray, W_up: np.ndarray, W_down: np.ndarray) -> np.ndarray:
    """(SiLU(x W_gate) * (x W_up)) W_down: x (..., d), W_gate and W_up (d, d_ff), W_down (d_ff, d); three matrices, no biases."""
    return np.asarray((silu(x @ W_gate) * (x @ W_up)) @ W_down)


def rotate_halves(x: np.ndarray, positions: np.ndarray, base: float = BASE) -> np.ndarray:
    """Rotary positions as Llama's code pairs them: x[i] and x[i + d/2] of x (..., n, d) turn by position * base^(-2i/d); positions (n,).

    The paper pairs neighbours (x[2i], x[2i + 1]); which two dimensions turn together is only a matter of order. ValueError for an odd d.
    """
    d = x.shape[-1]
    if d % 2:
        raise ValueError(f"the last axis is {d}: expected an even one, for pairs to rotate")
    angles = np.asarray(positions)[:, None] * base ** (-np.arange(0, d, 2) / d)  # (n, d / 2)
    cosine, sine = np.cos(angles), np.sin(angles)
    first, second = x[..., : d // 2], x[..., d // 2 :]
    return np.concatenate([first * cosine - second * sine, second * cosine + first * sine], axis=-1)


def products_by_distance(query: np.ndarray, key: np.ndarray, starts: list[int], longest: int) -> tuple[np.ndarray, np.ndarray]:
    """q . k for a query `k` tokens after a key that stands at each of `starts`, k = 0..longest: with rotary positions, and with sinusoidal ones
    added to both; (starts, longest + 1) each. query, key (d,), d even.
    """
    distances = np.arange(longest + 1)
    table = sinusoidal(max(starts) + longest + 1, len(query))
    turned, added = [], []
    for start in starts:
        queries = np.broadcast_to(query, (longest + 1, len(query)))
        turned.append(rotate_halves(queries, start + distances) @ rotate_halves(key[None], np.array([start]))[0])
        added.append((queries + table[start + distances]) @ (key + table[start]))
    return np.array(turned), np.array(added)


def grouped_attention(Q: np.ndarray, K: np.ndarray, V: np.ndarray, mask: np.ndarray | None = None) -> np.ndarray:
    """Attention of h query heads Q (h, n, d_k) over g key/value heads K, V (g, n, d_k), h / g neighbouring queries to each: (h, n, d_k).

    g = h is multi-head attention, g = 1 multi-query attention. ValueError where g doesn't divide h.
    """
    if Q.shape[0] % K.shape[0]:
        raise ValueError(f"{Q.shape[0]} query heads can't be shared evenly by {K.shape[0]} key/value heads")
    shared = Q.shape[0] // K.shape[0]
    output, _ = scaled_dot_product_attention(Q, K.repeat(shared, axis=0), V.repeat(shared, axis=0), mask)
    return output


def cache_bytes(layers: int, kv_heads: int, head_width: int, number_bytes: int = 2) -> int:
    """Bytes that the kept keys and values of one token take: 2 * layers * kv_heads * head_width numbers, of 2 bytes in bfloat16."""
    return 2 * layers * kv_heads * head_width * number_bytes
