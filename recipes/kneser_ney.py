"""A trigram model by interpolated Kneser-Ney smoothing (Kneser & Ney 1995; Chen & Goodman 1999, section 3.6): what a decoder has to beat.

One discount an order, n1 / (n1 + 2 n2) (Ney, Essen & Kneser 1994); beneath the unigrams lies the same probability for every entry.
"""

from dataclasses import dataclass

import numpy as np

from recipes.causal_rows import CLS


def trigrams(ids: np.ndarray, bounds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The ids that are predicted, all but the first of a row, with the one and the one before it; before a row's first stands [CLS] again."""
    ids = np.asarray(ids).astype(np.int64)
    begins = np.zeros(len(ids), dtype=bool)
    begins[np.asarray(bounds)[:-1]] = True
    last = np.flatnonzero(~begins)
    before = np.where(begins[last - 1], CLS, ids[np.maximum(last - 2, 0)])
    return before, ids[last - 1], ids[last]


@dataclass(frozen=True)
class Order:
    """Counts of one order: n-grams as sorted numbers, their contexts as sorted numbers, each context's sum and how many words follow it."""

    grams: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    sums: np.ndarray
    followers: np.ndarray
    discount: float

    @classmethod
    def of(cls, grams: np.ndarray, counts: np.ndarray, size: int) -> "Order":
        contexts, starts, followers = np.unique(grams // size, return_index=True, return_counts=True)
        once, twice = int((counts == 1).sum()), int((counts == 2).sum())
        return cls(grams, counts, contexts, np.add.reduceat(counts, starts), followers, once / (once + 2 * twice))

    def mix(self, grams: np.ndarray, size: int, lower: np.ndarray) -> np.ndarray:
        """The probability of each n-gram's word after its context, from that in the lower order; a context never seen leaves the lower one."""
        counts = _found(self.grams, self.counts, grams)
        sums, followers = (_found(self.contexts, values, grams // size) for values in (self.sums, self.followers))
        mixed = (np.maximum(counts - self.discount, 0) + self.discount * followers * lower) / np.maximum(sums, 1)
        return np.where(sums > 0, mixed, lower)


def _found(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, values[places], 0)


class KneserNey:
    """``log_probabilities(ids, bounds)`` of the ids that are predicted, in their order. ``size``: entries of the vocabulary."""

    def __init__(self, ids: np.ndarray, bounds: np.ndarray, size: int):
        self.size = size
        first, second, third = trigrams(ids, bounds)
        orders = [Order.of(*np.unique((first * size + second) * size + third, return_counts=True), size)]
        for width in (size**2, size):  # a lower order counts in how many contexts an n-gram stood
            orders.append(Order.of(*np.unique(orders[-1].grams % width, return_counts=True), size))
        self.orders = orders

    def log_probabilities(self, ids: np.ndarray, bounds: np.ndarray) -> np.ndarray:
        first, second, third = trigrams(ids, bounds)
        chance = np.full(len(third), 1 / self.size)
        for order, grams in zip(
            self.orders[::-1], (third, second * self.size + third, (first * self.size + second) * self.size + third), strict=True
        ):
            chance = order.mix(grams, self.size, chance)
        return np.log(chance)
