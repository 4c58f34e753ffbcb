"""The small skip-gram that learns while one looks."""

import math

import numpy as np
import pytest

from components.vectors.skip_gram import MAX_WORDS, learn, pairs_of

ANIMALS = [
    line.split() for line in ("cat drinks milk", "dog drinks milk", "cat sleeps", "dog sleeps", "king rules land", "queen rules land") * 2
]


def test_pairs_are_words_within_the_window():
    assert pairs_of([["a", "b", "c"]], 1) == [("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]
    assert ("a", "c") in pairs_of([["a", "b", "c"]], 2) and len(pairs_of([["a", "b", "c"], ["d"]], 2)) == 6


@pytest.mark.parametrize("seed", range(3))
def test_words_with_the_same_company_meet_and_others_do_not(seed):
    learned = learn(ANIMALS, seed=seed)
    last = dict(zip(learned.words, learned.vectors[-1], strict=True))

    def cosine(one, other):
        return float(last[one] @ last[other] / np.linalg.norm(last[one]) / np.linalg.norm(last[other]))

    assert cosine("cat", "dog") > 0.99 and cosine("king", "queen") > 0.99 and cosine("cat", "king") < 0.5


def test_the_loss_begins_at_chance_and_falls_to_no_less_than_the_sentences_allow():
    learned = learn(ANIMALS)
    pairs = pairs_of(ANIMALS, 2)
    entropy = -np.mean([math.log(pairs.count(pair) / sum(word == pair[0] for word, _ in pairs)) for pair in pairs])
    assert learned.losses[0] == pytest.approx(math.log(len(learned.words)), abs=0.05)
    assert entropy < learned.losses[-1] < 0.75 * learned.losses[0]
    assert learned.vectors.shape == (len(learned.steps), len(learned.words), 2) and learned.pairs == len(pairs)


def test_a_seed_repeats_and_what_is_too_much_or_too_little_is_refused():
    assert np.array_equal(learn(ANIMALS, seed=4).vectors, learn(ANIMALS, seed=4).vectors)
    for sentences in ([["one"]], [[f"w{number}" for number in range(MAX_WORDS + 1)]], []):
        with pytest.raises(ValueError, match="words"):
            learn(sentences)
