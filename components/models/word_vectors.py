"""Words as vectors in a masked language model: rows of its embedding table, the rows near them, and what context makes of them.

The model's head compares the last layer's state with every row of the same table (tied weights, Devlin et al. 2019; Press & Wolf 2017), so what
a state has become can be said in words.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from components.errors import ModelError
from components.models import model_inputs
from components.models.lanes import alone
from components.models.masked_lm import MaskedLM, bare, best_tokens
from components.models.results import Fill
from components.text.tokens import TokenizedText


@dataclass(frozen=True)
class Neighbour:
    """An entry of the vocabulary. cosine: of its row with the row asked about, -1..1."""

    token: str
    id: int
    cosine: float


@dataclass(frozen=True, eq=False)
class WordReading:
    """One text through the model. rows (T, d): the tokens' rows of the table. states (layers + 1, T, d): what goes into the first layer (row,
    position and token type added up, and normalised), then what each layer gives. said: for each token the entries that the head finds likeliest
    in its place, the token itself read, not hidden."""

    text: TokenizedText
    rows: np.ndarray
    states: np.ndarray
    said: tuple[tuple[Fill, ...], ...]


def table(model: MaskedLM) -> Tensor:
    """The embedding table (V, d), one row an entry of the vocabulary."""
    weight: Tensor = model.model.get_input_embeddings().weight.detach()
    return weight


def nearest(model: MaskedLM, id: int, count: int) -> list[Neighbour]:
    """The `count` entries whose rows have the largest cosine with the row of `id`, the largest first. Left out are itself and the same letters
    as the continuation of a word ("##cat" for "cat")."""
    rows = table(model).float()
    cosines = torch.nn.functional.cosine_similarity(rows, rows[id], dim=1)
    best = cosines.topk(min(count + 2, len(rows)))
    own, *tokens = model.aligner.tokenizer.convert_ids_to_tokens([id, *best.indices.tolist()])
    found = [Neighbour(*one) for one in zip(tokens, best.indices.tolist(), best.values.tolist(), strict=True)]
    return [one for one in found if bare(one.token) != bare(own)][:count]


def hidden_states(model: MaskedLM, text: TokenizedText) -> tuple[Any, Tensor]:
    """(the library's output, states (layers + 1, T, d)) for one text. Call it inside `torch.inference_mode`, with a turn. Raises ModelError where the
    model gives none."""
    inputs = model_inputs.tensors([text], model.aligner.pad_id, getattr(model.model.config, "type_vocab_size", 0) > 1)
    try:
        output = model.model(**inputs, output_hidden_states=True)
    except (ValueError, TypeError, IndexError, RuntimeError) as problem:
        raise ModelError("models.cannot_run", id=model.id) from problem
    return output, torch.cat(list(output.hidden_states)).float()


def read(model: MaskedLM, text: str, top_k: int = 8) -> WordReading:
    """Reads `text`, of which what is longer than the model reads is left out. Raises ModelError where the model gives no hidden states."""
    tokenized = model.tokenize(text)
    with alone(len(tokenized)), torch.inference_mode():
        output, states = hidden_states(model, tokenized)
        said = tuple(
            tuple(best_tokens((logits.float() / model.temperature).softmax(-1), model.aligner.tokenizer, top_k))
            for logits in output.logits[0]
        )
    return WordReading(tokenized, table(model)[list(tokenized.ids)].float().numpy(), states.numpy(), said)


def across_layers(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Cosines (layers + 1,) of two tokens' states (layers + 1, d), layer by layer."""
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines: np.ndarray = (one * other).sum(axis=1) / lengths
    return cosines
