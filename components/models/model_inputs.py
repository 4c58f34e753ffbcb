"""Token sequences into batches of bounded size, and what a model can read at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from components.text.tokens import TokenizedText

# Tokens in one pass, padding included, and not one text more. On one core 512 and 1,024 are the fastest: fewer read the weights too often, and the
# states of more leave the caches (4,096 take 1.3 times as long a token). The fewer, the sooner a sentence has its turn.
TOKENS_A_BATCH = 512
FEWEST_A_BATCH = 128  # what is less is not shared out to several cores


def max_length(config: Any, tokenizer: Any, setting: int | None = None) -> int:
    """How many tokens the model can read at once: the least of its positions, its tokenizer's limit and its settings'."""
    # GPT-2's own file says n_positions; its configuration object knows both names.
    positions = int(getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None) or 512)
    if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert", "mpnet"):
        # These count positions from the padding index on.
        positions -= (getattr(config, "pad_token_id", 1) or 1) + 1
    stated = int(min(getattr(tokenizer, "model_max_length", positions), 1_000_000))
    return min(positions, stated, setting or positions)


def batches(sequences: Sequence[TokenizedText], tokens: int = TOKENS_A_BATCH, lanes: int = 1) -> Iterator[list[int]]:
    """`by_length` of tokenised texts."""
    return by_length([len(sequence) for sequence in sequences], tokens, lanes)


def by_length(lengths: Sequence[int], tokens: int = TOKENS_A_BATCH, lanes: int = 1) -> Iterator[list[int]]:
    """Row numbers in batches of similar length, longest first (what would not fit fails at once), each at most `tokens` with padding, and
    smaller where there would be fewer than `lanes`."""
    tokens = min(tokens, max(FEWEST_A_BATCH, sum(lengths) // lanes + 1))
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        count = max(1, tokens // max(1, lengths[order[start]]))
        yield order[start : start + count]
        start += count


def tensors(sequences: Iterable[TokenizedText], pad_id: int, with_types: bool) -> dict[str, Tensor]:
    """input_ids, attention_mask and, where the model has them, token_type_ids: (B, T) int64, padded on the right."""
    rows = list(sequences)
    length = max(len(row) for row in rows)

    def padded(values: Sequence[Sequence[int]], filler: int) -> Tensor:
        return torch.tensor([[*row, *[filler] * (length - len(row))] for row in values])

    inputs = {
        "input_ids": padded([row.ids for row in rows], pad_id),
        "attention_mask": padded([row.attention_mask for row in rows], 0),
    }
    if with_types:
        inputs["token_type_ids"] = padded([row.token_type_ids for row in rows], 0)
    return inputs
