"""How vectors are learned from text alone: a skip-gram with a full softmax, small enough to train while one looks.

Mikolov et al. 2013, "Efficient Estimation of Word Representations in Vector Space", section 3.2: from a word's vector its neighbours are predicted.
Every word has an input vector, which is kept, and an output vector, which it is compared with; the model's only operation is their dot product.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

MAX_WORDS, MAX_TOKENS = 60, 2_000  # different words, and words in all
STEPS, EVERY = 400, 10
LEARNING_RATE = 0.05
DECAY = 0.03  # of the vectors' squared lengths: without it those of rare words grow without end


@dataclass(frozen=True, eq=False)
class Learned:
    """A training. words: the vocabulary, V in all. steps (S,): when it was looked at, 0 first. vectors (S, V, 2): the input vectors then.
    losses (S,): the mean of -ln P(neighbour | word) over all pairs, in nats. pairs: how many there are."""

    words: tuple[str, ...]
    steps: np.ndarray
    vectors: np.ndarray
    losses: np.ndarray
    pairs: int


def pairs_of(sentences: Sequence[Sequence[str]], window: int) -> list[tuple[str, str]]:
    """(word, neighbour) for each word and every other at most `window` places away in its sentence."""
    return [
        (word, sentence[other])
        for sentence in sentences
        for place, word in enumerate(sentence)
        for other in range(max(0, place - window), min(len(sentence), place + window + 1))
        if other != place
    ]


def learn(sentences: Sequence[Sequence[str]], *, window: int = 2, seed: int = 0) -> Learned:
    """Trains vectors of two numbers with Adam on all pairs at once.

    Raises ValueError for fewer than two words, no pair, or more than MAX_WORDS different words or MAX_TOKENS words in all.
    """
    import torch

    words = tuple(dict.fromkeys(word for sentence in sentences for word in sentence))
    pairs = pairs_of(sentences, window)
    if len(words) < 2 or not pairs or len(words) > MAX_WORDS or sum(map(len, sentences)) > MAX_TOKENS:
        raise ValueError(f"{len(words)} words and {len(pairs)} pairs")
    number = {word: place for place, word in enumerate(words)}
    centre = torch.tensor([number[word] for word, _ in pairs])
    neighbour = torch.tensor([number[other] for _, other in pairs])
    drawn = torch.Generator().manual_seed(seed)
    inputs = (0.1 * torch.randn(len(words), 2, generator=drawn)).requires_grad_()
    outputs = (0.1 * torch.randn(len(words), 2, generator=drawn)).requires_grad_()
    optimizer = torch.optim.Adam([inputs, outputs], lr=LEARNING_RATE)
    steps, vectors, losses = [], [], []
    for step in range(STEPS + 1):
        loss = torch.nn.functional.cross_entropy((inputs @ outputs.T)[centre], neighbour)
        if step % EVERY == 0:
            steps.append(step)
            vectors.append(inputs.detach().numpy().copy())
            losses.append(float(loss.detach()))
        lengths = (inputs.square().sum() + outputs.square().sum()) / len(words)
        optimizer.zero_grad()
        (loss + DECAY * lengths).backward()
        optimizer.step()
    return Learned(words, np.array(steps), np.array(vectors), np.array(losses), len(pairs))
