"""Attention masks. Here a mask is boolean and True means "may attend", as in
`torch.nn.functional.scaled_dot_product_attention`.

Other code means other things by a mask, hence the converters: the chapter's NumPy code adds `mask * -1e9` (1 =
hidden), its PyTorch code fills where `mask == 0` (0 = hidden), and `nn.MultiheadAttention` takes a boolean
`attn_mask` in which True = hidden.
"""

from dataclasses import dataclass

import numpy as np
import torch


def no_mask(n_q: int, n_k: int) -> np.ndarray:
    """(n_q, n_k), all True."""
    return np.ones((n_q, n_k), dtype=bool)


def causal_mask(n_q: int, n_k: int) -> np.ndarray:
    """(n_q, n_k): query i may attend to keys 0..i (Vaswani et al. 2017, section 3.2.3). With n_q != n_k as torch's
    `is_causal`: aligned top left.
    """
    return np.tril(np.ones((n_q, n_k), dtype=bool))


def padding_mask(n_q: int, n_k: int, real_keys: int) -> np.ndarray:
    """(n_q, n_k): only the first `real_keys` keys are tokens, the rest is padding that nobody attends to. ValueError
    outside 0..n_k.
    """
    if not 0 <= real_keys <= n_k:
        raise ValueError(f"real_keys is {real_keys}: expected 0 to {n_k}")
    return np.broadcast_to(np.arange(n_k) < real_keys, (n_q, n_k)).copy()


def to_numpy_chapter(mask: np.ndarray) -> np.ndarray:
    """For the chapter's NumPy function: float, 1.0 = hidden (it adds mask * -1e9 to the scores)."""
    return np.where(mask, 0.0, 1.0)


def to_torch_chapter(mask: np.ndarray) -> np.ndarray:
    """For the chapter's PyTorch class: integer, 0 = hidden (it fills where mask == 0)."""
    return mask.astype(np.int64)


def to_multihead_attention(mask: np.ndarray) -> np.ndarray:
    """For `nn.MultiheadAttention(attn_mask=...)`: boolean, True = hidden, the opposite of
    `scaled_dot_product_attention`.
    """
    return ~mask


def to_additive(mask: np.ndarray) -> np.ndarray:
    """float32 mask to add to the scores: 0 where the query may attend, -inf elsewhere."""
    return np.where(mask, 0.0, -np.inf).astype(np.float32)


@dataclass(frozen=True)
class FillValue:
    """What becomes of one way to hide a key in one number format: weights of a row of equal scores with its last key
    hidden, or an error's text.
    """

    dtype: str
    fill: str
    weights: tuple[float, ...] | None
    error: str | None


def fill_values(n_keys: int = 4) -> list[FillValue]:
    """Hide the last of `n_keys` equal scores in float32, float16 and bfloat16 with -1e9 (filled in; multiplied with the
    mask and added), -inf and the format's smallest finite number, by running it.

    float16 ends at 65504, so -1e9 doesn't fit: filling raises an error in PyTorch, and `mask * -1e9` becomes 0 * -inf
    = NaN. bfloat16 has float32's range and takes it. -inf is exact in every format, but a row of nothing else is NaN
    after softmax, where `torch.finfo(dtype).min` gives equal weights.
    """
    mask = torch.ones(n_keys, dtype=torch.bool)
    mask[-1] = False
    results = []
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        scores = torch.zeros(n_keys, dtype=dtype)
        ways = {
            "masked_fill -1e9": lambda scores=scores: scores.masked_fill(~mask, -1e9),
            "+ mask * -1e9": lambda scores=scores: scores + (~mask).to(scores.dtype) * torch.tensor(-1e9).to(scores.dtype),
            "masked_fill -inf": lambda scores=scores: scores.masked_fill(~mask, -torch.inf),
            "masked_fill finfo.min": lambda scores=scores: scores.masked_fill(~mask, torch.finfo(scores.dtype).min),
        }
        for fill, way in ways.items():
            try:
                weights, error = tuple(way().softmax(dim=-1).tolist()), None
            except RuntimeError as raised:
                weights, error = None, str(raised)
            results.append(FillValue(str(dtype).removeprefix("torch."), fill, weights, error))
    return results
