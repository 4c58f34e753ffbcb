"""How masked language modelling hides tokens, drawn many times over one text.

Devlin et al. 2019, "BERT", section 3.1, task 1: 15% of the tokens are chosen; of these 80% become [MASK], 10% a random token
of the vocabulary, and 10% stay as they are. The model must predict the original token at every chosen position.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from components.text.tokens import TokenizedText

MAX_DRAWS = 10_000
NOT_CHOSEN, MASKED, RANDOM, UNCHANGED = range(4)


@dataclass(frozen=True, eq=False)
class Maskings:
    """R draws over a text of T tokens.

    ids (R, T): what the model would read. action (R, T): NOT_CHOSEN, MASKED, RANDOM or UNCHANGED. eligible (T,): False for special tokens.
    """

    ids: np.ndarray
    action: np.ndarray
    eligible: np.ndarray

    @property
    def shares(self) -> np.ndarray:
        """(3, T): how often each token was masked, replaced at random, and chosen but kept, as shares of the draws."""
        return np.stack([(self.action == kind).mean(axis=0) for kind in (MASKED, RANDOM, UNCHANGED)])

    @property
    def chosen_counts(self) -> np.ndarray:
        """(R,): how many tokens each draw chose."""
        return np.asarray((self.action != NOT_CHOSEN).sum(axis=1))

    @property
    def split(self) -> np.ndarray:
        """(3,): of all chosen tokens, the shares masked, replaced at random, and kept; NaN where none was chosen."""
        counts = np.array([(self.action == kind).sum() for kind in (MASKED, RANDOM, UNCHANGED)], dtype=float)
        return counts / counts.sum() if counts.sum() else np.full(3, np.nan)


def draw_maskings(
    text: TokenizedText,
    *,
    rate: float,
    masked: float,
    random: float,
    mask_id: int,
    vocabulary: int,
    special_ids: Collection[int] = (),
    whole_words: bool = False,
    draws: int = 1_000,
    seed: int = 0,
) -> Maskings:
    """Chooses tokens of `text` `draws` times, each token on its own with probability `rate`, as the collator of transformers does.

    (The original BERT code chooses an exact number, round(rate * T), in each sequence; on average that is the same.) masked, random:
    shares of the chosen tokens that become [MASK] and a random id below `vocabulary`; the rest is kept. whole_words: all pieces of a
    word are chosen together, each then treated on its own. special_ids are never chosen. Raises ValueError for shares outside 0..1 or
    more than MAX_DRAWS draws.
    """
    if not (0 <= rate <= 1 and masked >= 0 and random >= 0 and masked + random <= 1 + 1e-9 and 1 <= draws <= MAX_DRAWS):
        raise ValueError(f"rate {rate}, masked {masked}, random {random}, draws {draws}: shares must lie in 0..1, draws in 1..{MAX_DRAWS}")
    generator = np.random.default_rng(seed)
    original = np.array(text.ids)  # (T,)
    eligible = ~np.array(text.special) & ~np.isin(original, list(special_ids))  # (T,)
    unit = np.arange(len(text))
    if whole_words:
        unit = np.array([token if word is None else word for token, word in enumerate(text.words)])
    chosen = (generator.random((draws, len(text))) < rate)[:, unit] & eligible  # (R, T)
    kind = generator.random(chosen.shape)
    action = np.where(kind < masked, MASKED, np.where(kind < masked + random, RANDOM, UNCHANGED))
    action = np.where(chosen, action, NOT_CHOSEN)
    replaced = generator.integers(vocabulary, size=chosen.shape)
    ids = np.select([action == MASKED, action == RANDOM], [np.full(chosen.shape, mask_id), replaced], original)
    return Maskings(ids, action, eligible)
