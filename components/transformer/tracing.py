"""One pass of `Encoder`, looked at from inside: every intermediate of a block, the feed-forward neurons, norms through
the layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from components.transformer.encoder import Encoder
from components.transformer.feed_forward import FeedForwardActivity, activity

# Names that `Block` records, in its order, each with its formula in LaTeX.
FORMULAS = {
    "input": r"x",
    "query": r"Q = x W_Q + b_Q",
    "key": r"K = x W_K + b_K",
    "value": r"V = x W_V + b_V",
    "scores": r"\frac{Q K^\top}{\sqrt{d_k}}",
    "weights": r"A = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d_k}} + M\right)",
    "heads": r"\mathrm{head}_i = A_i V_i",
    "attention_output": r"a = \mathrm{Concat}(\mathrm{head}_1, \ldots, \mathrm{head}_h) W_O + b_O",
    "attention_residual": r"x + a",
    "attention_norm": r"x' = \mathrm{LayerNorm}(x + a)",
    "ffn_hidden": r"u = x' W_1 + b_1",
    "ffn_activation": r"g = \mathrm{GELU}(u)",
    "ffn_output": r"f = g W_2 + b_2",
    "ffn_residual": r"x' + f",
    "output": r"y = \mathrm{LayerNorm}(x' + f)",
}


@dataclass(frozen=True, eq=False)
class BlockStep:
    """One intermediate: name and LaTeX formula as in FORMULAS; shape as computed, with the batch; values of the first
    sample, float32.

    values: (n, d) for most, (h, n, d_k) for query, key, value and heads, (h, n, n) for scores and weights.
    """

    name: str
    formula: str
    shape: tuple[int, ...]
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Trace:
    """One text through the whole encoder: steps[layer][name] of the layers asked for, and of every layer the hidden
    states, the attention weights and the norms."""

    steps: tuple[dict[str, BlockStep], ...]
    hidden_states: tuple[np.ndarray, ...]  # layers + 1 of (n, d)
    attentions: np.ndarray  # (layers, h, n, n)
    norms: dict[str, np.ndarray]  # step name -> (layers, n): L2 norm of each token's vector; steps with rows of width d only

    def feed_forward(self, layer: int) -> FeedForwardActivity:
        """Neurons of one layer, counted from 0. KeyError if the layer was not asked for."""
        return activity(self.steps[layer]["ffn_hidden"].values, self.steps[layer]["ffn_activation"].values)


def trace(
    encoder: Encoder,
    input_ids: Sequence[int],
    token_type_ids: Sequence[int] | None = None,
    *,
    layers: Sequence[int] | None = None,
    use_positions: bool = True,
) -> Trace:
    """Run one text and keep every intermediate of `layers` (all of them by default; the others' entries are empty).

    Ask for the layers that are looked at: 512 tokens of a 6-layer, 12-head, 384-wide model take about 43 MB a layer.
    """
    recorded = range(len(encoder.blocks)) if layers is None else layers
    steps: tuple[dict[str, BlockStep], ...] = tuple({} for _ in encoder.blocks)
    norms: dict[str, list[np.ndarray]] = {}

    def record(layer: int, name: str, tensor: Tensor) -> None:
        if tensor.shape[-1] == encoder.config.hidden_size and tensor.dim() == 3:
            norms.setdefault(name, []).append(tensor[0].norm(dim=-1).numpy())
        if layer in recorded:
            steps[layer][name] = BlockStep(name, FORMULAS[name], tuple(tensor.shape), tensor[0].numpy())

    types = None if token_type_ids is None else torch.tensor([list(token_type_ids)])
    output = encoder(torch.tensor([list(input_ids)]), token_type_ids=types, use_positions=use_positions, record=record)
    return Trace(
        steps=steps,
        hidden_states=tuple(state[0].numpy() for state in output.hidden_states),
        attentions=torch.stack(output.attentions)[:, 0].numpy(),
        norms={name: np.stack(rows) for name, rows in norms.items()},
    )


def largest_differences(ours: Sequence[np.ndarray], library: Sequence[np.ndarray]) -> np.ndarray:
    """(len,): the largest absolute difference of each two arrays, for example of the hidden states layer by layer.
    ValueError if their numbers differ.
    """
    return np.array([float(np.abs(a - b).max()) for a, b in zip(ours, library, strict=True)])
