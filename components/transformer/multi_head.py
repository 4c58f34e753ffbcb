"""Multi-head attention from scratch (Vaswani et al. 2017, section 3.2.2).

    MultiHead(Q, K, V) = Concat(head_1, ..., head_h) W_O,   head_i = Attention(Q W_i^Q, K W_i^K, V W_i^V)

The W_i of all heads stand side by side in one (d_model, d_model) matrix, so that one product serves every head: the
number of heads changes how the columns are cut, not how many there are.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from components.transformer.attention import torch_scaled_dot_product_attention

MAX_D_MODEL = 512
MAX_HEADS = 16
MAX_LENGTH = 512


@dataclass(frozen=True)
class Step:
    """One intermediate of a layer: a stable name, and the tensor's shape."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class MultiHeadResult:
    """output (B, n_q, d_model), weights of each head (B, h, n_q, n_k), and the shape at every step in the order of
    computing.
    """

    output: Tensor
    weights: Tensor
    steps: tuple[Step, ...]


def check_heads(d_model: int, num_heads: int) -> None:
    """Raises ValueError where num_heads doesn't divide d_model."""
    if num_heads < 1 or d_model % num_heads:
        raise ValueError(f"d_model {d_model} can't be divided into {num_heads} heads of equal width")


class MultiHeadAttention(nn.Module):
    """Raises ValueError where num_heads doesn't divide d_model, since d_k = d_model / num_heads is the width of each
    head.
    """

    def __init__(self, d_model: int, num_heads: int):
        super().__init__()
        check_heads(d_model, num_heads)
        self.num_heads = num_heads
        self.d_k = d_model // num_heads
        self.W_Q = nn.Linear(d_model, d_model)
        self.W_K = nn.Linear(d_model, d_model)
        self.W_V = nn.Linear(d_model, d_model)
        self.W_O = nn.Linear(d_model, d_model)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> MultiHeadResult:
        """query (B, n_q, d_model), key and value (B, n_k, d_model).

        mask: boolean, True = may attend, of shape (n_q, n_k), (B, n_q, n_k) or (B, h, n_q, n_k). Three axes mean one
        mask a sample, for every head.
        """
        if mask is not None and mask.dim() == 3:
            mask = mask[:, None]  # (B, 1, n_q, n_k)
        projected_query, projected_key, projected_value = self.W_Q(query), self.W_K(key), self.W_V(value)  # (B, n, d_model)
        Q, K, V = (self._split(projected) for projected in (projected_query, projected_key, projected_value))  # (B, h, n, d_k)
        heads, weights = torch_scaled_dot_product_attention(Q, K, V, mask)  # (B, h, n_q, d_k), (B, h, n_q, n_k)
        concatenated = heads.transpose(1, 2).flatten(2)  # (B, n_q, d_model)
        output = self.W_O(concatenated)  # (B, n_q, d_model)
        tensors = {
            "query": query,
            "key": key,
            "value": value,
            "query_projected": projected_query,
            "key_projected": projected_key,
            "value_projected": projected_value,
            "query_heads": Q,
            "key_heads": K,
            "value_heads": V,
            "weights": weights,
            "heads": heads,
            "concatenated": concatenated,
            "output": output,
        }
        return MultiHeadResult(output, weights, tuple(Step(name, tuple(tensor.shape)) for name, tensor in tensors.items()))

    def _split(self, x: Tensor) -> Tensor:
        return x.reshape(*x.shape[:-1], self.num_heads, self.d_k).transpose(1, 2)  # (B, n, d_model) -> (B, h, n, d_k)

    @property
    def parameter_count(self) -> int:
        """4 d_model^2 weights + 4 d_model biases, whatever the number of heads."""
        return sum(parameter.numel() for parameter in self.parameters())

    @classmethod
    def from_library(cls, library: nn.MultiheadAttention) -> "MultiHeadAttention":
        """A copy of `nn.MultiheadAttention`'s weights, whose W_Q, W_K and W_V are stacked in one `in_proj_weight` (3
        d_model, d_model).
        """
        ours = cls(library.embed_dim, library.num_heads)
        with torch.no_grad():
            weights, biases = library.in_proj_weight.chunk(3), library.in_proj_bias.chunk(3)
            for linear, weight, bias in zip((ours.W_Q, ours.W_K, ours.W_V), weights, biases, strict=True):
                linear.weight.copy_(weight)
                linear.bias.copy_(bias)
            ours.W_O.weight.copy_(library.out_proj.weight)
            ours.W_O.bias.copy_(library.out_proj.bias)
        return ours


@dataclass(frozen=True, eq=False)
class MultiHeadExperiment:
    """From scratch beside `nn.MultiheadAttention` with the same weights, float32: weights of each head (h, n_q, n_k) of
    the first sample, output (n_q, d_model), the largest absolute differences, parameters of both, shapes at every
    step."""

    weights: np.ndarray
    output: np.ndarray
    output_difference: float
    weights_difference: float
    parameter_count: int
    library_parameter_count: int
    steps: tuple[Step, ...]


def compare_with_library(
    query: np.ndarray, key_value: np.ndarray, num_heads: int, mask: np.ndarray | None = None, seed: int = 0
) -> MultiHeadExperiment:
    """query (n_q, d_model), key_value (n_k, d_model), mask boolean (n_q, n_k), True = may attend; weights drawn from
    `seed` by PyTorch's own start values.

    Raises ValueError over d_model 512, 16 heads or 512 tokens, and where a query may attend to nothing (the library
    answers NaN there).
    """
    d_model = query.shape[-1]
    for what, count, limit in (
        ("d_model", d_model, MAX_D_MODEL),
        ("heads", num_heads, MAX_HEADS),
        ("tokens", max(len(query), len(key_value)), MAX_LENGTH),
    ):
        if not 1 <= count <= limit:
            raise ValueError(f"{what} is {count}: expected 1 to {limit}")
    check_heads(d_model, num_heads)
    if mask is not None and not mask.any(axis=-1).all():
        raise ValueError("a query may attend to nothing: nn.MultiheadAttention answers NaN there")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        library = nn.MultiheadAttention(d_model, num_heads, batch_first=True).eval()
        ours = MultiHeadAttention.from_library(library).eval()
    queries, keys = (torch.from_numpy(np.ascontiguousarray(rows, dtype=np.float32))[None] for rows in (query, key_value))
    allowed = None if mask is None else torch.from_numpy(np.ascontiguousarray(mask))
    with torch.no_grad():
        result = ours(queries, keys, keys, allowed)
        hidden = None if allowed is None else ~allowed
        output, weights = library(queries, keys, keys, attn_mask=hidden, average_attn_weights=False)
    return MultiHeadExperiment(
        weights=result.weights[0].numpy(),
        output=result.output[0].numpy(),
        output_difference=float((result.output - output).abs().max()),
        weights_difference=float((result.weights - weights).abs().max()),
        parameter_count=ours.parameter_count,
        library_parameter_count=sum(parameter.numel() for parameter in library.parameters()),
        steps=result.steps,
    )


def head_similarity(weights: np.ndarray) -> np.ndarray:
    """(h, h): Pearson correlation between the attention matrices of each two heads, from weights (h, n_q, n_k); a
    constant matrix has 0.

    Correlation and not cosine: weights are positive and sum to one, so that unrelated heads have a cosine near 1.
    """
    flat = weights.reshape(len(weights), -1).astype(np.float64)
    centred = flat - flat.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(centred, norms, out=np.zeros_like(centred), where=norms > 1e-12)
    correlations: np.ndarray = unit @ unit.T
    return correlations


@dataclass(frozen=True)
class HeadCost:
    """Cost of one forward pass with `num_heads` heads: the seconds of the fastest run, bytes of attention weights kept,
    parameters, and the mean similarity (correlation) between the attention matrices of different heads; None with one
    head."""

    num_heads: int
    d_k: int
    seconds: float
    weights_bytes: int
    parameter_count: int
    mean_similarity: float | None


def measure_heads(
    d_model: int = 512, length: int = 128, heads: tuple[int, ...] = (1, 2, 4, 8, 16), repeats: int = 5, seed: int = 0
) -> Iterator[HeadCost]:
    """Yields one HeadCost a number of heads, so that a caller can show progress and stop. Weights and inputs are random
    (seeded), times are this machine's. Raises ValueError over d_model 512, length 512 or where a number of heads
    doesn't divide d_model."""
    if d_model > MAX_D_MODEL or length > MAX_LENGTH:
        raise ValueError(f"d_model {d_model} and length {length}: expected at most {MAX_D_MODEL} and {MAX_LENGTH}")
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(1, length, d_model, generator=generator)
    for num_heads in heads:
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(seed)
            layer = MultiHeadAttention(d_model, num_heads).eval()
            result = layer(x, x, x)  # also warms up
            seconds = []
            for _ in range(repeats):
                start = time.perf_counter()
                layer(x, x, x)
                seconds.append(time.perf_counter() - start)
        similarity = head_similarity(result.weights[0].numpy())
        others = similarity[~np.eye(num_heads, dtype=bool)]
        yield HeadCost(
            num_heads=num_heads,
            d_k=layer.d_k,
            seconds=min(seconds),
            weights_bytes=result.weights.numel() * result.weights.element_size(),
            parameter_count=layer.parameter_count,
            mean_similarity=float(others.mean()) if others.size else None,
        )
