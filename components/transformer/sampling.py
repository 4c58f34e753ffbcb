"""From logits to the next token: temperature, top-k, top-p, min-p, a penalty on what is there already, and one draw.

In the order of the library: penalty, temperature, top-k, top-p, min-p. Ackley et al. 1985 (temperature); Fan et al. 2018 (top-k); Holtzman et al. 2020
(top-p); Nguyen et al. 2025 (min-p); Keskar et al. 2019, "CTRL" (penalty).
"""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """temperature: 0 takes the likeliest token always. top_k: 0 keeps all. top_p: 1 keeps all. min_p: a share of the likeliest token's probability;
    0 keeps all. penalty: 1 is none."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    min_p: float = 0.0
    penalty: float = 1.0


def distribution(logits: Tensor, sampling: Sampling, there: Collection[int] = ()) -> Tensor:
    """Probabilities (V,) float32 of the next token. logits (V,); there: the ids that the penalty is for."""
    scores = logits.float().clone()
    if sampling.penalty != 1 and there:
        at = torch.tensor(sorted(set(there)))
        scores[at] = torch.where(scores[at] < 0, scores[at] * sampling.penalty, scores[at] / sampling.penalty)
    if sampling.temperature == 0:
        return torch.nn.functional.one_hot(scores.argmax(), len(scores)).float()
    scores /= sampling.temperature
    if 0 < sampling.top_k < len(scores):
        scores[scores < scores.topk(sampling.top_k).values[-1]] = -torch.inf
    if sampling.top_p < 1:
        ordered, order = scores.softmax(-1).sort(descending=True, stable=True)
        # A token is kept while those before it don't reach the share: so that the first is always kept.
        scores[order[ordered.cumsum(-1) - ordered >= sampling.top_p]] = -torch.inf
    if sampling.min_p > 0:
        shares = scores.softmax(-1)
        scores[shares < sampling.min_p * shares.max()] = -torch.inf
    return scores.softmax(-1)


def draw(probabilities: Tensor, generator: torch.Generator) -> int:
    """One token's id, by its probability."""
    return int(torch.multinomial(probabilities, 1, generator=generator))


def entropy_bits(probabilities: Tensor) -> float:
    """-sum p log2 p of (V,), in bits."""
    return abs(float((probabilities * probabilities.clamp_min(1e-45).log2()).sum()))
