"""Why attention divides by sqrt(d_k): what softmax becomes as d_k grows (Vaswani et al. 2017, section 3.2.1 and footnote
4).
"""

from dataclasses import dataclass

import numpy as np

from components.transformer.attention import softmax
from components.transformer.entropy import entropy

D_KS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


def softmax_jacobian_norm(weights: np.ndarray) -> np.ndarray:
    """Frobenius norm of the derivative of softmax by its input, diag(p) - p p^T, for each row p of `weights` (..., n).
    Shape (...).

    Squared it is sum p^2 - 2 sum p^3 + (sum p^2)^2: zero when one weight is 1, so that nothing is learned through a
    saturated softmax.
    """
    squares = (weights**2).sum(axis=-1)
    squared = squares - 2 * (weights**3).sum(axis=-1) + squares**2
    return np.asarray(np.sqrt(np.clip(squared, 0, None)))


@dataclass(frozen=True, eq=False)
class ScalingCurve:
    """Averages over random rows for each d_k, one array (len(d_k),) each."""

    d_k: np.ndarray
    entropy: np.ndarray  # nats
    largest_weight: np.ndarray  # 0..1
    gradient_norm: np.ndarray  # Frobenius norm of the softmax Jacobian
    score_deviation: np.ndarray  # standard deviation of the scores that go into softmax


def scaling_curves(n_keys: int = 16, samples: int = 400, seed: int = 0, d_ks: tuple[int, ...] = D_KS) -> tuple[ScalingCurve, ScalingCurve]:
    """(with scaling, without), from `samples` rows of one query and `n_keys` keys with standard normal components.

    The first d_k components of the same draw are used for every d_k, so that the curves differ by d_k and not by
    luck.
    """
    if n_keys < 2 or samples < 1:
        raise ValueError(f"expected at least 2 keys and 1 sample, not {n_keys} and {samples}")
    generator = np.random.default_rng(seed)
    widest = max(d_ks)
    queries = generator.standard_normal((samples, 1, widest))
    keys = generator.standard_normal((samples, n_keys, widest))
    running = np.cumsum(queries * keys, axis=-1)  # (samples, n_keys, widest): q.k of the first 1, 2, 3, ... components
    scores = np.stack([running[..., d_k - 1] for d_k in d_ks])  # (len(d_ks), samples, n_keys)
    roots = np.sqrt(np.array(d_ks))[:, None, None]
    return _curve(d_ks, scores / roots), _curve(d_ks, scores)


def _curve(d_ks: tuple[int, ...], scores: np.ndarray) -> ScalingCurve:
    weights = softmax(scores)
    return ScalingCurve(
        d_k=np.array(d_ks),
        entropy=entropy(weights).mean(axis=-1),
        largest_weight=weights.max(axis=-1).mean(axis=-1),
        gradient_norm=softmax_jacobian_norm(weights).mean(axis=-1),
        score_deviation=scores.std(axis=(1, 2)),
    )
