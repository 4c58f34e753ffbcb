"""What a change to a model's input or to its heads does to its hidden states. NumPy alone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class StateChange:
    """Last hidden states before and after, (T, d) each, compared."""

    tokens: np.ndarray  # (T,) 1 - cosine of each token's two states: 0 = the same direction, up to 2
    sentence_cosine: float  # of the means over all tokens: the sentence vectors


def state_change(before: np.ndarray, after: np.ndarray) -> StateChange:
    """before, after (T, d), of the same tokens. ValueError for other shapes."""
    if before.shape != after.shape or before.ndim != 2:
        raise ValueError(f"hidden states of shapes {before.shape} and {after.shape}: expected two alike, (T, d)")
    a, b = before.astype(np.float64), after.astype(np.float64)
    return StateChange(1 - cosine(a, b), float(cosine(a.mean(axis=0), b.mean(axis=0))))


def head_importance(run: Callable[[tuple[int, int]], np.ndarray], before: np.ndarray, heads: Iterable[tuple[int, int]]) -> Iterator[float]:
    """For each (layer, head): 1 - cosine of the sentence vectors with and without it, 0 where nothing moves (after Michel et al. 2019,
    "Are Sixteen Heads Really Better than One?", section 3). run: a head -> the last hidden state (T, d) without it; before (T, d): with all.
    """
    for head in heads:
        yield 1 - state_change(before, run(head)).sentence_cosine


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cosine over the last axis, (..., d) -> (...), within -1..1; 0 where a vector is zero."""
    norms = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    products = (a * b).sum(axis=-1)
    return np.asarray(np.clip(np.divide(products, norms, out=np.zeros_like(products), where=norms > 0), -1, 1))
