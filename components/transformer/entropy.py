"""How spread out attention weights are."""

import numpy as np


def entropy(weights: np.ndarray) -> np.ndarray:
    """Entropy in nats of each row of `weights` (..., n): 0 for one key alone, log(n) for all alike. Shape (...)."""
    logarithms = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return np.asarray(np.abs(-(weights * logarithms).sum(axis=-1)))  # abs: -0.0 is 0
