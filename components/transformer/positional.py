"""Positions: sinusoidal (Vaswani et al. 2017, section 3.5), rotary (Su et al. 2021, RoFormer, section 3.2.2), ALiBi
(Press et al. 2022, section 3).

Everything here is float64, so that closed forms can be checked to rounding.
"""

import math
from dataclasses import dataclass

import numpy as np

BASE = 10_000.0
MAX_LENGTH = 5_000
MAX_D_MODEL = 512


def _check(length: int, d_model: int) -> None:
    if not 1 <= length <= MAX_LENGTH:
        raise ValueError(f"length is {length}: expected 1 to {MAX_LENGTH}")
    if not 1 <= d_model <= MAX_D_MODEL:
        raise ValueError(f"d_model is {d_model}: expected 1 to {MAX_D_MODEL}")


def angular_frequencies(d_model: int) -> np.ndarray:
    """omega_i = 10000^(-2i/d_model) in radians a position, one for each sine-cosine pair: shape (ceil(d_model / 2),)."""
    return BASE ** (-np.arange(0, d_model, 2) / d_model)


def wavelengths(d_model: int) -> np.ndarray:
    """2 pi / omega_i in positions, from 2 pi to almost 10000 * 2 pi: shape (ceil(d_model / 2),)."""
    return 2 * math.pi / angular_frequencies(d_model)


def sinusoidal(length: int, d_model: int) -> np.ndarray:
    """PE (length, d_model): PE[pos, 2i] = sin(pos omega_i), PE[pos, 2i+1] = cos(pos omega_i).

    With an odd d_model the last sine has no cosine. ValueError over length 5000 or d_model 512.
    """
    _check(length, d_model)
    angles = np.arange(length)[:, None] * angular_frequencies(d_model)  # (length, ceil(d_model / 2))
    encoding = np.empty((length, d_model))
    encoding[:, 0::2] = np.sin(angles)
    encoding[:, 1::2] = np.cos(angles)[:, : d_model // 2]
    return encoding


def similarity_by_distance(d_model: int, max_distance: int) -> np.ndarray:
    """PE(pos) . PE(pos + k) for k = 0..max_distance, shape (max_distance + 1,): sum_i cos(k omega_i), the same at every
    pos for an even d_model.

    ValueError for an odd d_model, where the unpaired sine makes it depend on pos.
    """
    _check(max_distance + 1, d_model)
    if d_model % 2:
        raise ValueError(f"d_model is {d_model}: with an odd one the dot product depends on the position as well")
    products: np.ndarray = np.cos(np.arange(max_distance + 1)[:, None] * angular_frequencies(d_model)).sum(axis=1)
    return products


def shift_matrix(d_model: int, offset: int) -> np.ndarray:
    """M_k (d_model, d_model) with PE(pos + k) = M_k PE(pos) for every pos: one rotation [[cos, sin], [-sin, cos]] of k
    omega_i a pair.

    `offset` is k, negative to go back. ValueError for an odd d_model: a sine alone can't be shifted by a linear map.
    """
    _check(1, d_model)
    if d_model % 2:
        raise ValueError(f"d_model is {d_model}: expected an even one, for its sine-cosine pairs")
    angles = offset * angular_frequencies(d_model)
    matrix = np.zeros((d_model, d_model))
    even, odd = np.arange(0, d_model, 2), np.arange(1, d_model, 2)
    matrix[even, even] = matrix[odd, odd] = np.cos(angles)
    matrix[even, odd] = np.sin(angles)
    matrix[odd, even] = -np.sin(angles)
    return matrix


@dataclass(frozen=True, eq=False)
class ShiftCheck:
    """M_k in closed form, its largest residual |PE(pos + k) - M_k PE(pos)| over all positions of the table, and the
    residual of the matrix that least squares finds from the table alone; None where it wasn't fitted."""

    matrix: np.ndarray  # (d_model, d_model)
    residual: float
    fitted_residual: float | None


def check_shift(d_model: int, offset: int, length: int, fit: bool = True) -> ShiftCheck:
    """Compare PE with itself `offset` positions on, over a table of `length`. ValueError unless 0 <= offset < length.

    fit=False leaves the least squares out: its time grows like length * d_model^2, many seconds at the largest sizes.
    """
    if not 0 <= offset < length:
        raise ValueError(f"offset is {offset}: expected 0 to {length - 1}")
    encoding = sinusoidal(length, d_model)
    before, after = encoding[: length - offset], encoding[offset:]
    matrix = shift_matrix(d_model, offset)
    residual = float(np.abs(after - before @ matrix.T).max())
    if not fit:
        return ShiftCheck(matrix, residual, None)
    fitted, *_ = np.linalg.lstsq(before, after, rcond=None)
    return ShiftCheck(matrix, residual, float(np.abs(after - before @ fitted).max()))


def rotary(x: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """RoPE: rotate each pair (x[2i], x[2i+1]) of x (..., n, d) by position * omega_i; positions (n,). Same shape.
    ValueError for an odd d.

    The dot product of a rotated query and a rotated key depends on their contents and their distance alone.
    """
    d = x.shape[-1]
    if d % 2:
        raise ValueError(f"the last axis is {d}: expected an even one, for pairs to rotate")
    angles = np.asarray(positions)[:, None] * angular_frequencies(d)  # (n, d / 2)
    cosine, sine = np.cos(angles), np.sin(angles)
    even, odd = x[..., 0::2], x[..., 1::2]
    rotated = np.empty_like(x, dtype=np.float64)
    rotated[..., 0::2] = even * cosine - odd * sine
    rotated[..., 1::2] = even * sine + odd * cosine
    return rotated


def rotary_similarity_by_distance(query: np.ndarray, key: np.ndarray, max_distance: int) -> np.ndarray:
    """Rotated query at position k . rotated key at position 0, for k = 0..max_distance: shape (max_distance + 1,).
    query, key (d,).
    """
    _check(max_distance + 1, len(query))
    rotated = rotary(np.broadcast_to(query, (max_distance + 1, len(query))), np.arange(max_distance + 1))
    products: np.ndarray = rotated @ key
    return products


def alibi_slopes(num_heads: int) -> np.ndarray:
    """ALiBi's slope of each head, (num_heads,): 2^(-8/n), 2^(-16/n), ... for n heads, n a power of two.

    For other n the authors' code takes the slopes of the next smaller power of two, then every second one of the next
    larger (`get_slopes` in ofirpress/attention_with_linear_biases).
    """
    if num_heads < 1:
        raise ValueError(f"num_heads is {num_heads}: expected at least 1")
    power = 2 ** int(math.log2(num_heads))
    slopes: np.ndarray = 2.0 ** (-8.0 * np.arange(1, power + 1) / power)
    if power == num_heads:
        return slopes
    return np.concatenate([slopes, alibi_slopes(2 * power)[0::2][: num_heads - power]])


def alibi_bias(n_q: int, n_k: int, num_heads: int) -> np.ndarray:
    """(num_heads, n_q, n_k) to add to the scores: -slope * |i - j|. The paper's models are causal and use j <= i alone;
    the symmetric form is the usual one for encoders."""
    distance = np.abs(np.arange(n_q)[:, None] - np.arange(n_k))
    bias: np.ndarray = -alibi_slopes(num_heads)[:, None, None] * distance
    return bias


def cosine_by_position(table: np.ndarray) -> np.ndarray:
    """(n, n): cosine between the vectors of each two positions of a table (n, d), learned or computed. A zero vector has
    cosine 0.
    """
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    unit = np.divide(table, norms, out=np.zeros(table.shape), where=norms > 0)
    cosines: np.ndarray = unit @ unit.T
    return cosines


@dataclass(frozen=True, eq=False)
class LengthBehaviour:
    """What each kind of position gives at 0..length-1, past the `trained` positions: cosine to position 0 for tables,
    bias or score otherwise. NaN where a kind is not defined: a learned table ends at its last row."""

    learned: np.ndarray  # (length,) cosine between the table's vectors at pos and 0
    sinusoidal: np.ndarray  # (length,) the same for PE
    rotary: np.ndarray  # (length,) cosine between a seeded random vector rotated to pos and itself
    alibi: np.ndarray  # (length,) bias of the middle head at distance pos


def beyond_training_length(learned_table: np.ndarray, length: int, num_heads: int, seed: int = 0) -> LengthBehaviour:
    """`learned_table` (trained, d) is a model's own position embedding, d even; `length` may exceed it. ValueError over
    length 5000.

    Defined is not the same as good: sinusoidal and rotary positions have values anywhere, but a model trained on
    short texts has never used them there and gets worse; ALiBi was made for it (Press et al. 2022, figure 1).
    """
    trained, d = learned_table.shape
    _check(length, d)
    norms = np.linalg.norm(learned_table, axis=1)
    learned = np.full(length, np.nan)
    seen = min(trained, length)
    learned[:seen] = learned_table[:seen] @ learned_table[0] / (norms[:seen] * norms[0])
    by_distance = similarity_by_distance(d, length - 1)
    content = np.random.default_rng(seed).standard_normal((d,))
    content /= np.linalg.norm(content)
    return LengthBehaviour(
        learned=learned,
        sinusoidal=by_distance / by_distance[0],
        rotary=rotary_similarity_by_distance(content, content, length - 1),
        alibi=alibi_bias(1, length, num_heads)[num_heads // 2, 0],
    )
