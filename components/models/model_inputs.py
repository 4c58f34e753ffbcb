"""Token sequences into batches of bounded size, and what a model can read at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from components.text.tokens import TokenizedText

# Tokens in one pass, padding included: bounds memory (the attention scores of 16 x 512 tokens take 200 MB in float32 at 12 heads).
TOKENS_A_BATCH = 8_192


def max_length(config: Any, tokenizer: Any, setting: int | None = None) -> int:
    """How many tokens the model can read at once: the least of its positions, its tokenizer's limit and its settings'."""
    # GPT-2's own file says n_positions; its configuration object knows both names.
    positions = int(getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None) or 512)
    if getattr(config, "model_type", "") in ("roberta", "xlm-roberta", "camembert", "mpnet"):
        # These count positions from the padding index on.
        positions -= (getattr(config, "pad_token_id", 1) or 1) + 1
    stated = int(min(getattr(tokenizer, "model_max_length", positions), 1_000_000))
    return min(positions, stated, setting or positions)


def batches(sequences: Sequence[TokenizedText], tokens: int = TOKENS_A_BATCH) -> Iterator[list[int]]:
    """Row numbers in batches of similar length, longest first (what would not fit fails at once), each at most `tokens` with padding."""
    order = sorted(range(len(sequences)), key=lambda row: -len(sequences[row]))
    start = 0
    while start < len(order):
        count = max(1, tokens // max(1, len(sequences[order[start]])))
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
