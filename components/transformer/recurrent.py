"""A recurrent layer beside a self-attention layer, measured on the machine at hand (Vaswani et al. 2017, section 4 and
table 1).

The functions yield point by point, so that a caller can show progress, draw what is there and stop.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)
DISTANCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True)
class LayerTime:
    """Seconds for one forward pass over `length` tokens."""

    length: int
    lstm: float
    attention: float


@dataclass(frozen=True)
class GradientReach:
    """L2 norm of the derivative of the last output (its sum) by the first token's vector, `distance` tokens before it;
    mean over a batch.
    """

    distance: int
    lstm: float
    attention: float


@dataclass(frozen=True)
class Measured:
    """Where a measurement stands: `done` of `total` steps, and the best times so far, one a length."""

    done: int
    total: int
    times: tuple[LayerTime, ...]


def measure_lengths(
    d_model: int = 128, num_heads: int = 4, lengths: tuple[int, ...] = LENGTHS, seed: int = 0, rounds: int = 3, seconds: float = 5.0
) -> Iterator[Measured]:
    """Time against length for `nn.LSTM` and `nn.MultiheadAttention` (without returned weights) of the same width, one
    text a pass, float32, no gradient.

    All lengths are measured in turn, `rounds` times, and the best time of each is kept: other work on the machine can
    only add to a time, and a busy moment then doesn't spoil one length for good. Takes about `seconds`, more on a
    slow machine, where every layer still runs twice at each length. ValueError over length 4096, where the weights of
    one pass would take hundreds of megabytes.
    """
    if max(lengths) > 4096:
        raise ValueError(f"length is {max(lengths)}: expected at most 4096")
    layers = _layers(d_model, num_heads, seed, torch.float32)
    longest = torch.randn(1, max(lengths), d_model, generator=torch.Generator().manual_seed(seed))
    each = seconds / (2 * rounds * len(lengths))
    best: dict[int, LayerTime] = {}
    end = time.perf_counter() + 2 * seconds
    total = rounds * len(lengths)
    for done in range(total):
        length = lengths[done % len(lengths)]
        if length in best and time.perf_counter() > end:
            break
        lstm, attention = (_best_time(layer, longest[:, :length], each) for layer in layers)
        earlier = best.get(length, LayerTime(length, lstm, attention))
        best[length] = LayerTime(length, min(lstm, earlier.lstm), min(attention, earlier.attention))
        yield Measured(done + 1, total, tuple(best.values()))


def crossing_length(times: Sequence[LayerTime]) -> int | None:
    """The shortest measured length from which on attention is slower than the LSTM at every length; None if it isn't at
    the longest.
    """
    crossing = None
    for point in sorted(times, key=lambda point: -point.length):
        if point.attention <= point.lstm:
            break
        crossing = point.length
    return crossing


def measure_gradients(
    d_model: int = 64, num_heads: int = 4, distances: tuple[int, ...] = DISTANCES, batch: int = 8, seed: int = 0
) -> Iterator[GradientReach]:
    """How much of the last output's gradient reaches the first token, `distance` tokens before, in untrained layers of
    the same width.

    float64, because the LSTM's falls by a factor at every step and would soon be below what float32 can hold.
    Attention's falls like 1/n: the last token shares its attention among n tokens, but every path has length one.
    ValueError over distance 1024.
    """
    if max(distances) > 1024:
        raise ValueError(f"distance is {max(distances)}: expected at most 1024")
    lstm, attention = _layers(d_model, num_heads, seed, torch.float64)
    generator = torch.Generator().manual_seed(seed)
    longest = torch.randn(batch, max(distances) + 1, d_model, generator=generator, dtype=torch.float64)
    for distance in distances:
        x = longest[:, : distance + 1]
        yield GradientReach(distance, _first_token_gradient(lstm, x), _first_token_gradient(attention, x))


def _layers(d_model: int, num_heads: int, seed: int, dtype: torch.dtype) -> tuple[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]]:
    """x (B, n, d) -> (B, n, d), each with PyTorch's own start values from `seed`."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        lstm = nn.LSTM(d_model, d_model, batch_first=True).to(dtype)
        attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True).to(dtype)
    return lambda x: lstm(x)[0], lambda x: attention(x, x, x, need_weights=False)[0]


@torch.no_grad()
def _best_time(layer: Callable[[Tensor], Tensor], x: Tensor, seconds: float) -> float:
    layer(x)  # warm up
    best, end = float("inf"), time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        layer(x)
        now = time.perf_counter()
        best = min(best, now - start)
        if now >= end:
            return best


def _first_token_gradient(layer: Callable[[Tensor], Tensor], x: Tensor) -> float:
    x = x.detach().requires_grad_()
    (gradient,) = torch.autograd.grad(layer(x)[:, -1].sum(), x)  # (B, n, d)
    return float(gradient[:, 0].norm(dim=-1).mean())
