"""Attention masks. Here a mask is boolean and True means "may attend", as in
`torch.nn.functional.scaled_dot_product_attention`.

Other code means other things by a mask: the chapter's NumPy code adds `mask * -1e9` (1 = hidden), its PyTorch code
fills where `mask == 0` (0 = hidden), and `nn.MultiheadAttention` takes a boolean `attn_mask` in which True = hidden.
"""

import numpy as np


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
