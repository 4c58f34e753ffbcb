"""What a head does on a text, by measurement: a name for its picture that anyone can check against the numbers. NumPy alone.

The kinds follow what Clark et al. (2019, "What Does BERT Look At?", sections 3.1 to 3.3) found in BERT; which head is of which kind is not taken
from there but measured on the text at hand, and may differ on another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from components.transformer.entropy import entropy

Kind = Literal["next", "previous", "one_word", "word_to_word", "wide", "resting"]
KINDS: tuple[Kind, ...] = ("next", "previous", "one_word", "word_to_word", "wide", "resting")
NEIGHBOUR = 0.3  # mean weight to the word after (before): more than any other place gets in such a head
RESTING = 0.5  # mean weight to special tokens: most of it
ONE_WORD = 0.28  # mean weight to one and the same word
WIDE = 0.7  # mean entropy as a share of the highest possible


@dataclass(frozen=True)
class HeadKind:
    """The kind of a head; `share`, the measured number that decided (0 to 1); `word`, the place of the one word that all look at, else None."""

    kind: Kind
    share: float
    word: int | None = None


def head_kind(weights: np.ndarray, special: Sequence[bool] | np.ndarray) -> HeadKind:
    """The kind of one head. weights (n, n): row = the token that attends, rows sum to one; special (n,) marks [CLS] and [SEP].

    Every number is a mean over the rows of the text's own words, since special tokens nearly always rest. The first that passes its bound names
    the head: the word after, the word before, special tokens, one word for all, wide; one that passes none has a target of its own for each word.
    """
    marked = np.asarray(special, dtype=bool)
    rows = np.flatnonzero(~marked)
    if not len(rows):
        return HeadKind("resting", 1.0)
    following = rows[:-1][np.diff(rows) == 1]  # words with a word after them
    after = float(weights[following, following + 1].mean()) if len(following) else 0.0
    before = float(weights[following + 1, following].mean()) if len(following) else 0.0
    own = weights[rows]
    resting = float(own[:, marked].sum(axis=1).mean())
    to_each = own[:, rows].mean(axis=0)
    most = int(to_each.argmax())
    spread = _spread(weights, rows)
    if max(after, before) > NEIGHBOUR:
        return HeadKind("next", after) if after >= before else HeadKind("previous", before)
    if resting > RESTING:
        return HeadKind("resting", resting)
    if len(rows) > 1 and to_each[most] > ONE_WORD:
        return HeadKind("one_word", float(to_each[most]), int(rows[most]))
    if spread > WIDE:
        return HeadKind("wide", spread)
    return HeadKind("word_to_word", 1 - spread)


def _spread(weights: np.ndarray, rows: np.ndarray) -> float:
    """Mean entropy of these rows as a share of what it could be: a row can look at all n tokens, in a causal head at those up to itself."""
    n = len(weights)
    causal = n > 1 and not np.triu(weights, 1).any()
    highest = float(np.log(rows + 1).mean()) if causal else float(np.log(n))
    return float(entropy(weights[rows]).mean()) / highest if highest > 0 else 0.0
