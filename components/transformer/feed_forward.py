"""Position-wise feed-forward network and its activations (Vaswani et al. 2017, section 3.3; GELU: Hendrycks & Gimpel
2016).

    FFN(x) = max(0, x W_1 + b_1) W_2 + b_2
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn


class PositionwiseFeedForward(nn.Module):
    """The same two layers at every position, with ReLU; d_ff is usually 4 d_model."""

    def __init__(self, d_model: int, d_ff: int, dropout: float = 0.1):
        super().__init__()
        self.linear1 = nn.Linear(d_model, d_ff)
        self.linear2 = nn.Linear(d_ff, d_model)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        hidden = F.relu(self.linear1(x))  # (..., n, d_ff)
        return self.linear2(self.dropout(hidden))  # (..., n, d_model)


@dataclass(frozen=True, eq=False)
class ActivationCurves:
    """Values and slopes over x, one array (points,) each: ReLU, GELU exactly (x times the normal distribution function)
    and by tanh.
    """

    x: np.ndarray
    relu: np.ndarray
    gelu: np.ndarray
    gelu_tanh: np.ndarray
    relu_slope: np.ndarray
    gelu_slope: np.ndarray
    gelu_tanh_slope: np.ndarray

    @property
    def largest_tanh_difference(self) -> float:
        """How far GELU's tanh form is from the exact one, at most, over x."""
        return float(np.abs(self.gelu - self.gelu_tanh).max())


def activation_curves(low: float = -4.0, high: float = 4.0, points: int = 401) -> ActivationCurves:
    """float64. Slopes come from autograd; at 0 PyTorch takes 0 for ReLU's."""
    curves = {}
    for name, function in (
        ("relu", F.relu),
        ("gelu", F.gelu),
        ("gelu_tanh", lambda x: F.gelu(x, approximate="tanh")),
    ):
        x = torch.linspace(low, high, points, dtype=torch.float64, requires_grad=True)
        y = function(x)
        (slope,) = torch.autograd.grad(y.sum(), x)
        curves |= {name: y.detach().numpy(), f"{name}_slope": slope.numpy()}
    return ActivationCurves(x=x.detach().numpy(), **curves)


@dataclass(frozen=True, eq=False)
class FeedForwardActivity:
    """What one layer's feed-forward network does for each token."""

    hidden: np.ndarray  # (n, d_ff)  x W_1 + b_1, before the activation
    activation: np.ndarray  # (n, d_ff)
    fires: np.ndarray  # (n, d_ff) boolean: hidden > 0, where ReLU would pass it and GELU nearly does

    @property
    def firing_share(self) -> np.ndarray:
        """(n,): the share of neurons that fire for each token, 0..1."""
        return self.fires.mean(axis=1)

    def strongest(self, token: int, count: int = 10) -> list[tuple[int, float]]:
        """(neuron, activation) of the `count` neurons with the largest activation for one token, largest first."""
        order = np.argsort(-self.activation[token], kind="stable")[:count]
        return [(int(neuron), float(self.activation[token, neuron])) for neuron in order]

    def most_varied(self, count: int = 64) -> np.ndarray:
        """(count,) indices of the neurons whose activation differs most between the tokens, in ascending order: those
        worth drawing.
        """
        return np.sort(np.argsort(-self.activation.std(axis=0), kind="stable")[:count])


def activity(hidden: np.ndarray, activation: np.ndarray) -> FeedForwardActivity:
    """From one layer's recorded "ffn_hidden" and "ffn_activation" (n, d_ff)."""
    return FeedForwardActivity(hidden, activation, hidden > 0)
