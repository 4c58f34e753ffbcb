"""One block under the causal mask, as decoders use it (Vaswani et al. 2017, section 3.2.3; Radford et al. 2018), and what writing token by token
costs with and without kept keys and values.

The block is the encoder's own (`components.transformer.encoder.Block`): nothing but the mask is different. Its weights are seeded random
numbers, float64, with no biases.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from components.transformer.encoder import Block, EncoderConfig
from components.transformer.masks import causal_mask, no_mask
from components.transformer.words import projection

FFN_FACTOR = 4  # the feed-forward network's width over the block's


@dataclass(frozen=True, eq=False)
class CausalSteps:
    """One head's attention over n tokens, and what the whole block gives."""

    scores: np.ndarray  # (n, n)  Q K^T / sqrt(d)
    masked: np.ndarray  # (n, n)  -inf where the query may not attend
    weights: np.ndarray  # (n, n)  rows sum to one
    values: np.ndarray  # (n, d)
    attended: np.ndarray  # (n, d)  weights V
    output: np.ndarray  # (n, d)  after W_O, residuals, layer norms and the feed-forward network


def seeded_block(d_model: int, seed: int) -> Block:
    """A block with one head of `d_model`, every matrix from `projection` under its own name."""
    with torch.random.fork_rng(devices=[]):  # what nn.Linear begins with is written over
        block = Block(EncoderConfig(hidden_size=d_model, num_attention_heads=1, intermediate_size=FFN_FACTOR * d_model))
    block.double().eval().requires_grad_(False)
    for name, linear in block.named_children():
        if isinstance(linear, nn.Linear):
            linear.weight.copy_(torch.from_numpy(projection(linear.in_features, linear.out_features, seed, name).T))
            linear.bias.zero_()
    return block


def causal_steps(block: Block, rows: np.ndarray, causal: bool = True) -> CausalSteps:
    """rows (n, d) float64 through the block, under the causal mask or under none."""
    mask = (causal_mask if causal else no_mask)(len(rows), len(rows))
    recorded: dict[str, Tensor] = {}
    output, weights = block(torch.from_numpy(rows)[None], torch.from_numpy(mask)[None, None], None, recorded.__setitem__)
    scores = recorded["scores"][0, 0].numpy()
    return CausalSteps(
        scores,
        np.where(mask, scores, -np.inf),
        weights[0, 0].numpy(),
        recorded["value"][0, 0].numpy(),
        recorded["heads"][0, 0].numpy(),
        output[0].numpy(),
    )


def with_cache(block: Block, rows: np.ndarray) -> np.ndarray:
    """The block's output (n, d), a token at a time: each adds its key and its value to those that are kept, and looks at all of them."""
    keys, values = torch.empty(0, rows.shape[1], dtype=torch.float64), torch.empty(0, rows.shape[1], dtype=torch.float64)
    outputs = []
    for x in torch.from_numpy(rows)[:, None]:  # (1, d)
        keys, values = torch.cat([keys, block.W_K(x)]), torch.cat([values, block.W_V(x)])  # (i, d)
        weights = (block.W_Q(x) @ keys.T / block.d_k**0.5).softmax(dim=-1)  # (1, i)
        x = block.attention_norm(x + block.W_O(weights @ values))  # (1, d)
        outputs.append(block.output_norm(x + block.W_2(block.activation(block.W_1(x)))))  # (1, d)
    return np.asarray(torch.cat(outputs).numpy())


def products_at_once(tokens: int, d_model: int) -> int:
    """Multiplications of numbers in the matrix products of a block over n tokens, all pairs of which are compared: 12 n d^2 + 2 n^2 d."""
    return (4 + 2 * FFN_FACTOR) * tokens * d_model**2 + 2 * tokens**2 * d_model


def products_without_cache(tokens: int, d_model: int) -> int:
    """The same for writing n tokens where each step computes all tokens so far: the sum of `products_at_once` over 1..n,
    6 n(n + 1) d^2 + n(n + 1)(2n + 1) d / 3.
    """
    n, d = tokens, d_model
    return (4 + 2 * FFN_FACTOR) * d * d * n * (n + 1) // 2 + d * n * (n + 1) * (2 * n + 1) // 3


def products_with_cache(tokens: int, d_model: int) -> int:
    """The same where keys and values are kept and a step computes its own token alone: 12 n d^2 + n(n + 1) d."""
    return (4 + 2 * FFN_FACTOR) * tokens * d_model**2 + d_model * tokens * (tokens + 1)
