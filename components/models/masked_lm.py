"""Words for [MASK]: any number of masks in a text, the likeliest tokens for each.

Devlin et al. 2019, "BERT", section 3.1: the model sees all of the text at once and predicts each masked token on its own.
"""

from typing import Any

import torch
from torch import Tensor

from components.models.results import Fill


def best_tokens(probabilities: Tensor, tokenizer: Any, top_k: int) -> list[Fill]:
    """The `top_k` likeliest entries of the vocabulary; probabilities (V,)."""
    scores, ids = torch.topk(probabilities, min(top_k, len(probabilities)))
    tokens = tokenizer.convert_ids_to_tokens(ids.tolist())
    return [
        Fill(token.removeprefix("##").lstrip("▁Ġ") or token, score, id, token.startswith("##"))
        for token, score, id in zip(tokens, scores.tolist(), ids.tolist(), strict=True)
    ]
