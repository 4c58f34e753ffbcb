"""One text in two orders: what a layer's answer says about order.

Without positions self-attention is permutation-equivariant, f(P X) = P f(X): reorder the input and the same vectors come out, reordered.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class OrderComparison:
    """Two texts, token by token. n_a, n_b tokens; cosines and differences are between hidden states.

    cosines (n_a, n_b); `partners[i]` is the position in the second text of the token at position i of the first (the k-th
    occurrence of a token belongs to its k-th occurrence there), None where it has none. largest_difference: over all partners and
    dimensions. mean_cosine: between the means over all tokens, the sentence vectors. same_tokens: each text is the other, reordered.
    """

    cosines: np.ndarray
    partners: tuple[int | None, ...]
    largest_difference: float
    mean_cosine: float
    same_tokens: bool


def partners(first: Sequence[str], second: Sequence[str]) -> tuple[int | None, ...]:
    """For each token of `first` its position in `second`, the k-th occurrence for the k-th; None where there is none."""
    positions: defaultdict[str, list[int]] = defaultdict(list)
    for position, token in reversed(list(enumerate(second))):
        positions[token].append(position)
    return tuple(positions[token].pop() if positions[token] else None for token in first)


def compare_orders(first: Sequence[str], first_states: np.ndarray, second: Sequence[str], second_states: np.ndarray) -> OrderComparison:
    """Tokens and hidden states (n_a, d), (n_b, d) of two texts. ValueError where a text's tokens and states differ in number, or no token
    is shared."""
    for tokens, states in ((first, first_states), (second, second_states)):
        if len(tokens) != len(states):
            raise ValueError(f"{len(tokens)} tokens with {len(states)} hidden states")
    matched = partners(first, second)
    pairs = [(i, j) for i, j in enumerate(matched) if j is not None]
    if not pairs:
        raise ValueError("the two texts share no token")
    a, b = first_states.astype(np.float64), second_states.astype(np.float64)
    difference = max(float(np.abs(a[i] - b[j]).max()) for i, j in pairs)
    mean = _unit(a.mean(axis=0, keepdims=True)) @ _unit(b.mean(axis=0, keepdims=True)).T
    same = len(first) == len(second) == len(pairs)
    return OrderComparison(_unit(a) @ _unit(b).T, matched, difference, float(mean[0, 0]), same)


def _unit(rows: np.ndarray) -> np.ndarray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True))
