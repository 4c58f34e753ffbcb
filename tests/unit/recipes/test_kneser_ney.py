"""The trigram model against the formulas worked out word by word, and against what every distribution must be."""

import math
from collections import Counter
from itertools import product

import numpy as np
import pytest

from recipes.causal_rows import CLS
from recipes.kneser_ney import KneserNey

SIZE = 12
ROWS = [[CLS, 5, 6, 7, 5, 6, 8, 5, 6, 7], [CLS, 6, 7, 5, 6], [CLS, 9, 5, 6, 7, 3], [CLS, 8], [CLS, 5, 6, 10, 6, 7, 8]]


def flat(rows):
    return np.concatenate([np.array(row) for row in rows]), np.cumsum([0, *map(len, rows)])


def estimate(counts: Counter, context: tuple[int, ...], word: int) -> float:
    """Chen & Goodman 1999, section 3.6, with a dictionary of n-grams; the unigrams lie over the same probability for every entry."""
    once, twice = (sum(count == n for count in counts.values()) for n in (1, 2))
    discount = once / (once + 2 * twice)
    lower = estimate(Counter(gram[1:] for gram in counts), context[1:], word) if context else 1 / SIZE
    after = {gram: count for gram, count in counts.items() if gram[:-1] == context}
    if not after:
        return lower
    return (max(after.get((*context, word), 0) - discount, 0) + discount * len(after) * lower) / sum(after.values())


def test_every_probability_is_the_formula_s():
    seen = Counter()
    for row in ROWS:
        padded = [CLS, *row]
        seen.update(tuple(padded[i - 2 : i + 1]) for i in range(2, len(padded)))
    model = KneserNey(*flat(ROWS), SIZE)
    asked = [[CLS, *words] for words in product((5, 6, 7, 9, 11), repeat=3)]
    found = model.log_probabilities(*flat(asked)).reshape(-1, 3)
    for (_, a, b, c), logs in zip(asked, found, strict=True):
        wanted = [estimate(seen, (CLS, CLS), a), estimate(seen, (CLS, a), b), estimate(seen, (a, b), c)]
        assert logs == pytest.approx([math.log(p) for p in wanted], rel=1e-9)


def test_a_probability_worked_out_on_paper():
    """Rows a b and a c: p(b | [CLS] a). Every count is 1, so every discount is 1 (n2 = 0), and the estimate is the uniform one at last."""
    model = KneserNey(*flat([[CLS, 5, 6], [CLS, 5, 7]]), SIZE)
    # trigrams: [CLS] [CLS] a twice, [CLS] a b, [CLS] a c: n1 = 2, n2 = 1, D = 1/2. Bigrams in one context each: D = 1, unigrams the same.
    first, second = model.log_probabilities(*flat([[CLS, 5, 6]]))
    assert math.exp(second) == pytest.approx((1 - 1 / 2) / 2 + (1 / 2) * 2 / 2 * (1 / 12))
    assert math.exp(first) == pytest.approx((2 - 1 / 2) / 2 + (1 / 2) / 2 * (1 / 12))


def test_probabilities_of_all_words_after_any_context_are_one():
    model = KneserNey(*flat(ROWS), SIZE)
    for context in ([CLS], [CLS, 5], [CLS, 5, 6], [CLS, 11, 11], [CLS, 9, 3]):
        logs = model.log_probabilities(*flat([[*context, word] for word in range(SIZE)]))
        assert np.exp(logs[len(context) - 1 :: len(context)]).sum() == pytest.approx(1)


def test_nothing_is_carried_from_one_row_to_the_next():
    model = KneserNey(*flat(ROWS), SIZE)
    apart = [model.log_probabilities(*flat([row])) for row in ROWS]
    assert model.log_probabilities(*flat(ROWS)) == pytest.approx(np.concatenate(apart))
