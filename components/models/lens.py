"""The logit lens: a masked language model's head asked about every layer, not the last alone.

nostalgebraist 2020, "interpreting GPT: the logit lens". The head has learned to read the last layer's states; of an earlier layer's it says what
would be answered if the layers after it were left out. Belrose et al. 2023 train a translator for each layer, which is more faithful; nothing is
trained here.
"""

from dataclasses import dataclass

import torch
from transformers import BertForMaskedLM

from components.errors import ModelError
from components.models.lanes import alone
from components.models.masked_lm import MaskedLM, best_tokens
from components.models.results import Fill
from components.models.word_vectors import hidden_states
from components.text.tokens import TokenizedText

MAX_TOKENS = 40  # asked about at once: 7 states each through a head of 32,000 words are some 7 GFLOP


@dataclass(frozen=True)
class Lens:
    """What the head says. text: as it was read. places: the tokens asked about, consecutive. said[layer][i]: of place `places[i]` after `layer`
    layers (0: what goes into the first), the most probable words, the first with the highest probability."""

    text: TokenizedText
    places: range
    said: tuple[tuple[tuple[Fill, ...], ...], ...]

    @property
    def layers(self) -> int:
        return len(self.said) - 1

    def settled(self, place: int) -> int:
        """The layer from which on the answer at `place` is the last layer's."""
        words = [self.said[layer][place - self.places.start][0].id for layer in range(self.layers + 1)]
        return next(layer for layer in range(self.layers + 1) if all(word == words[-1] for word in words[layer:]))


def lens(model: MaskedLM, text: str, around: int | None = None, top_k: int = 3) -> Lens:
    """Reads `text` and asks about at most MAX_TOKENS tokens round the token `around`, by default the first [MASK], else the middle of the first ones.

    Raises ModelError where the model's head can't be asked about a state alone: it is none of transformers' BERT.
    """
    if type(model.model) is not BertForMaskedLM:
        raise ModelError("masked_lm.no_lens", id=model.id)
    tokenized = model.tokenize(text)
    if around is None:
        around = next((place for place, id in enumerate(tokenized.ids) if id == model.mask_id), 0)
    first = max(0, min(around - MAX_TOKENS // 2, len(tokenized) - MAX_TOKENS))
    places = range(first, min(first + MAX_TOKENS, len(tokenized)))
    with alone(len(tokenized) + len(places)), torch.inference_mode():
        _, states = hidden_states(model, tokenized)
        probabilities = [(model.model.cls(state[list(places)]) / model.temperature).softmax(-1) for state in states]
    said = tuple(tuple(tuple(best_tokens(one, model.aligner.tokenizer, top_k)) for one in layer) for layer in probabilities)
    return Lens(tokenized, places, said)
